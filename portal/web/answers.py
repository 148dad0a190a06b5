"""Filters for questionnaires: words in the reader's language, and answers as people read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, cast

from babel import Locale
from babel.dates import format_time
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal
from flask import Flask, g
from flask_babel import format_date
from flask_babel import gettext as _

from portal.kernel.words import best
from portal.kinds.questionnaires.kind import file_spec, language_of
from portal.kinds.questionnaires.proposals import RowChange, row_changes
from portal.kinds.reading import client_language
from portal.models.definition.answering import show_value
from portal.models.definition.shape import Condition, Definition, Is, Match, Option, Question, Rule, Type, Value
from portal.models.definition.typed import decimal_sign
from portal.models.definition.types import OTHER
from portal.models.items import Item
from portal.storage.checks import accept
from portal.web import i18n
from portal.web.forms import said
from portal.web.what_fits import limits, plain_limit


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
        frozen_rows=frozen_rows,
        changed_rows=changed_rows,
        rule_words=rule_words,
        error_links=error_links,
        said_refusal=said,
        figure=_number,
        longday=_longday,
    )
    app.jinja_env.filters["country_name"] = country_name
    app.jinja_env.globals.update(decimal_sign=decimal_sign, file_words=file_words, text_of=text_of)


def words(text: Mapping[str, str]) -> str:
    """Text a firm wrote, in the page's language or the next best."""
    return best(text, content_language(), i18n.language(), "en")


def content_language() -> str:
    """The one language all texts of the item on this page are read in: the reader's, or the next in which none is missing."""
    if "content_language" not in g:
        item = g.get("item_read")
        g.content_language = language_of(item, i18n.language(), client_language(item)) if item is not None else i18n.language()
    return str(g.content_language)


def text_of(item: Item, name: str) -> str:
    """A text of an item (`title`, `why`, `help`) in the reader's language, else the client's; on its own page that of all around it."""
    here = g.get("item_read")
    own = (content_language(),) if here is not None and here.id == item.id else ()
    return item.text(name, *own, i18n.language(), client_language(item))


def as_choice(option: Option) -> tuple[str, str]:
    """An option as key and label."""
    return option.key, words(option.label)


def told(question: Question, value: Value | None, names: Mapping[str, str] | None = None) -> str:
    """An answer as people read it; `names` are those of files, by their ids."""
    words = {"yes": _("Yes"), "no": _("No"), "rated": _("%(value)s of %(most)s"), "sealed": _("Kept sealed"), "deleted": _("Deleted")}
    ways = {"day": _day, "number": _number, "money": _money, "clock": _clock}
    return show_value(question, value, content_language(), names=names or {}, **words, **ways)


def told_frozen(answer: Mapping[str, object]) -> str:
    """A frozen answer as people read it; choices and tables carry their own words."""
    unit, currency = str(answer.get("unit", "")), str(answer.get("currency", ""))
    question = Question(
        key=str(answer["key"]),
        type=Type(str(answer["type"])),
        label={},
        unit={i18n.language(): unit} if unit else {},
        currency=currency,
        most=int(cast("int", answer.get("most") or 0)),
    )
    return told(question, cast("Value | None", answer.get("value")))


def frozen_rows(answer: Mapping[str, object]) -> list[list[str]]:
    """The rows of a frozen table, cell by cell as people read them."""
    columns = cast("list[dict[str, object]]", answer["columns"])
    rows = cast("list[list[str]]", answer["rows"])
    return [[told_frozen(column | {"value": value}) for column, value in zip(columns, row, strict=True)] for row in rows]


@dataclass(frozen=True)
class RowTold:
    """One row of a table we propose: what happens to it, and its cells by column, as they were and as they would be."""

    change: RowChange
    cells: list[tuple[str, str, str]]


def changed_rows(table: Question, ours: object) -> list[RowTold]:
    """The rows of a proposal as people read them; cells that are empty before and after are left out."""

    def cell(column: Question, change: RowChange) -> tuple[str, str, str]:
        was, now = (told(column, (row or {}).get(column.key)) for row in (change.was, change.now))
        return words(column.label), was, now

    rows = [(change, [cell(column, change) for column in table.columns]) for change in row_changes(ours)]
    return [RowTold(change, [one for one in cells if one[1] or one[2]]) for change, cells in rows]


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
    answer = _("Something else") if condition.value == OTHER else told(asked, value)
    return str(sentences[condition.is_]) % {"question": words(asked.label), "answer": answer}


def country_name(code: str) -> str:
    """A country in the words of the page."""
    return str(Locale.parse(i18n.locale_of(i18n.language())).territories.get(code, code))


def file_words(item: Item | None, question: Question) -> dict[str, object]:
    """What fits a question for files, said before anybody chooses."""
    spec = file_spec(item or Item(spec={}), question)
    return {"hint": limits(spec), "plain": plain_limit(spec), "accept": accept(spec.types), "max_count": spec.max_count}


def error_links(asked: Iterable[_Asked]) -> list[tuple[str, str]]:
    """What needs a look, as links to the questions."""
    return [(f"{'' if one.question.type is Type.TABLE else 'f-'}{one.question.key}", one.errors[0]) for one in asked if one.errors]


def _money(value: Decimal, currency: str) -> str:
    return str(format_currency(value, currency, locale=i18n.locale_of(i18n.language())))


def _clock(value: dt.time) -> str:
    return str(format_time(value, "short", locale=i18n.locale_of(i18n.language())))


def _day(value: dt.date) -> str:
    """A day with its year: what people answer may lie far from today."""
    return i18n.iso_day(value.isoformat())


def _longday(value: dt.datetime) -> str:
    """A day with its year: earlier answers may be years old."""
    return str(format_date(value, "long"))


def _number(value: Decimal) -> str:
    return str(format_decimal(value, locale=i18n.locale_of(i18n.language())))
