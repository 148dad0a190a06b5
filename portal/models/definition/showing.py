"""Answers in words: what people read where an answer stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from portal.kernel.words import best
from portal.models.definition import typed
from portal.models.definition.rules import compared
from portal.models.definition.shape import DELETED, Cells, Question, Type, Value
from portal.models.definition.types import OTHER


@dataclass(frozen=True)
class Saying:
    """How a language says days, numbers, amounts and times, and the few words that stand for an answer."""

    language: str
    day: Callable[[dt.date], str] = dt.date.isoformat
    number: Callable[[Decimal], str] = "{:f}".format
    money: Callable[[Decimal, str], str] = "{:f} {}".format
    clock: Callable[[dt.time], str] = "{:%H:%M}".format
    yes: str = "Yes"
    no: str = "No"
    between: str = ", "
    rated: str = "%(value)s of %(most)s"
    sealed: str = "Kept sealed"
    deleted: str = "Deleted"
    names: Mapping[str, str] = field(default_factory=dict)


def show_value(question: Question, value: Value | None, language: str, **saying: object) -> str:
    """The value as people read it; what we do not know stays as it is, empty stays empty. For `saying` see there."""
    if not value:
        return ""
    return _shown(question, value, Saying(language, **saying))  # type: ignore[arg-type]


def _shown(question: Question, value: Value, say: Saying) -> str:
    if isinstance(value, dict):
        return _address(value)
    if isinstance(value, list):
        rows = [one for one in value if isinstance(one, dict)]
        return "\n".join(_row(question, row, say) for row in rows) if rows else _several(question, [str(one) for one in value], say)
    if question.type.has_options:
        return _label(question, value, say.language)
    if question.type in _WORDS:
        return _WORDS[question.type](question, value, say)
    return value


def _several(question: Question, values: list[str], say: Saying) -> str:
    if question.type is Type.RANKING:
        return "\n".join(f"{place}. {_label(question, key, say.language)}" for place, key in enumerate(values, start=1))
    if question.type is Type.FILE:
        return "\n".join(say.names.get(key, key) for key in values)
    if question.type is Type.URLS:
        return "\n".join(values)
    return say.between.join(_label(question, key, say.language) for key in values)


def _row(question: Question, cells: Cells, say: Saying) -> str:
    """One row of a table on one line, each cell with the name of its column."""
    told = ((column, cells.get(column.key)) for column in question.columns)
    return " · ".join(f"{best(column.label, say.language) or column.key}: {_shown(column, value, say)}" for column, value in told if value)


def _address(told: Cells) -> str:
    town = " ".join(filter(None, (told.get("postcode"), told.get("town"))))
    return "\n".join(filter(None, (told.get("street"), town, told.get("region"), told.get("country"))))


def _label(question: Question, key: str, language: str) -> str:
    option = question.option(key)
    return best(option.label, language) if option else key.removeprefix(OTHER)


def _yes_no(_question: Question, value: str, say: Saying) -> str:
    return {"yes": say.yes, "no": say.no}.get(value, value)


def _number(question: Question, value: str, say: Saying) -> str:
    unit = best(question.unit, say.language)
    told = say.number(Decimal(value)) if compared(value, "0") is not None else value
    return f"{told} {unit}" if unit else told


def _money(question: Question, value: str, say: Saying) -> str:
    return say.money(Decimal(value), question.currency) if compared(value, "0") is not None else value


def _day(_question: Question, value: str, say: Saying) -> str:
    return say.day(dt.date.fromisoformat(value)) if typed.day(value) == value else value


def _range(question: Question, value: str, say: Saying) -> str:
    return " – ".join(_day(question, day, say) for day in value.split("/"))


def _time(_question: Question, value: str, say: Saying) -> str:
    return say.clock(dt.time.fromisoformat(value)) if typed.time(value) == value else value


def _rating(question: Question, value: str, say: Saying) -> str:
    return say.rated % {"value": value, "most": question.highest}


def _secret(_question: Question, value: str, say: Saying) -> str:
    return say.deleted if value == DELETED else say.sealed


def _agreed(_question: Question, value: str, _say: Saying) -> str:
    return f"✓ {value}"


_WORDS: dict[Type, Callable[[Question, str, Saying], str]] = {
    Type.YES_NO: _yes_no,
    Type.NUMBER: _number,
    Type.MONEY: _money,
    Type.DATE: _day,
    Type.DATE_RANGE: _range,
    Type.TIME: _time,
    Type.RATING: _rating,
    Type.SECRET: _secret,
    Type.AGREE: _agreed,
}
