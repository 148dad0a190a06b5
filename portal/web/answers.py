"""Filters for questionnaires: words in the reader's language, and answers as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Protocol

from babel.numbers import format_decimal
from flask import Flask
from flask_babel import gettext as _

from portal.kernel.words import best
from portal.models.definition.answering import show_value
from portal.models.definition.shape import Option, Question, Type, Value
from portal.models.definition.typed import decimal_sign
from portal.web import i18n
from portal.web.forms import said


class _Asked(Protocol):
    question: Question
    errors: list[str]


def init(app: Flask) -> None:
    """Attach the filters."""
    app.jinja_env.filters.update(
        said=words, as_choice=as_choice, told=told, told_frozen=told_frozen, error_links=error_links, said_refusal=said
    )
    app.jinja_env.globals["decimal_sign"] = decimal_sign


def words(text: Mapping[str, str]) -> str:
    """Text a firm wrote, in the page's language or the next best."""
    return best(text, i18n.language(), "en")


def as_choice(option: Option) -> tuple[str, str]:
    """An option as key and label."""
    return option.key, words(option.label)


def told(question: Question, value: Value | None) -> str:
    """An answer as people read it."""
    return show_value(question, value, i18n.language(), day=i18n.day, number=_number, yes=_("Yes"), no=_("No"))


def told_frozen(answer: Mapping[str, object]) -> str:
    """A frozen answer as people read it; choices carry their own words."""
    question = Question(key=str(answer["key"]), type=Type(str(answer["type"])), label={})
    value = answer.get("value")
    return told(question, value if isinstance(value, (str, list)) else None)


def error_links(asked: Iterable[_Asked]) -> list[tuple[str, str]]:
    """What needs a look, as links to the questions."""
    return [(f"f-{one.question.key}", one.errors[0]) for one in asked if one.errors]


def _number(value: Decimal) -> str:
    return str(format_decimal(value, locale=i18n.locale_of(i18n.language())))
