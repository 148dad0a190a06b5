"""Filters for questionnaires: words in the reader's language, and answers as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Protocol

from babel.lists import format_list
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import gettext as _

from portal.kernel.words import best
from portal.models.definition.answering import show_value
from portal.models.definition.shape import Condition, Definition, Is, Match, Option, Question, Rule, Type, Value
from portal.models.definition.typed import decimal_sign
from portal.web import i18n
from portal.web.forms import said


class _Asked(Protocol):
    question: Question
    errors: list[str]


def init(app: Flask) -> None:
    """Attach the filters."""
    app.jinja_env.filters.update(
        said=words,
        as_choice=as_choice,
        told=told,
        told_frozen=told_frozen,
        rule_words=rule_words,
        error_links=error_links,
        said_refusal=said,
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


def rule_words(rule: Rule, definition: Definition) -> str:
    """A rule as people say it: “Can people order ahead?” is Yes."""
    conditions = [_condition(condition, definition.question(condition.question)) for condition in rule.conditions]
    locale = i18n.locale_of(i18n.language())
    return str(format_list(conditions, style="or" if rule.match is Match.ANY else "standard", locale=locale))


def _condition(condition: Condition, asked: Question | None) -> str:
    if asked is None:
        return str(_("a question that is not here any more is answered"))
    value: Value = [condition.value] if asked.type is Type.SEVERAL_CHOICES else condition.value
    sentences = {
        Is.EQUALS: _("“%(question)s” is “%(answer)s”"),
        Is.CONTAINS: _("“%(question)s” includes “%(answer)s”"),
        Is.EMPTY: _("“%(question)s” has no answer"),
        Is.ANSWERED: _("“%(question)s” is answered"),
        Is.GREATER: _("“%(question)s” is more than %(answer)s"),
        Is.LESS: _("“%(question)s” is less than %(answer)s"),
    }
    return str(sentences[condition.is_]) % {"question": words(asked.label), "answer": told(asked, value)}


def error_links(asked: Iterable[_Asked]) -> list[tuple[str, str]]:
    """What needs a look, as links to the questions."""
    return [(f"f-{one.question.key}", one.errors[0]) for one in asked if one.errors]


def _number(value: Decimal) -> str:
    return str(format_decimal(value, locale=i18n.locale_of(i18n.language())))
