"""Readers of answers with several fields: choices, ranks, stretches of days, addresses, and the rows of a table.

A named field comes as "part=value", so that a form, the browser's script and a test say it alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from portal.kernel.refusal import N_
from portal.models.definition.readers import one_day, url
from portal.models.definition.shape import Cells, Question, Type, Value
from portal.models.definition.types import OTHER
from portal.models.definition.wrong import Wrong

LONGEST_OTHER, LONGEST_PART = 300, 200
MOST_URLS, MOST_ROWS = 20, 200
_PLACE = re.compile("[0-9]{1,9}")
Reader = Callable[[Question, list[str], str], Value | None]


def parts(said: Sequence[str]) -> dict[str, str]:
    """The named fields of an answer, those with something in them."""
    named = (text.partition("=") for text in said)
    return {name: value.strip() for name, equals, value in named if equals and value.strip()}


def one_choice(question: Question, said: list[str], language: str) -> Value:
    """The key of an option, or the client's own words."""
    ticked, own = _ticked(question, said)
    if not ticked and own:
        return _own(question, own, language)
    if len(ticked) > 1 or not question.option(ticked[0]):
        if ticked == [OTHER] and question.other:
            return _own(question, own, language)
        raise Wrong(N_("Choose one of the answers for %(name)s"), question, language=language)
    return ticked[0]


def several_choices(question: Question, said: list[str], language: str) -> Value:
    """The keys of options in their order, then the client's own words."""
    listed, own = _ticked(question, said)
    wants_other = question.other and (OTHER in listed or bool(own))
    keys = [key for key in listed if not (wants_other and key == OTHER)]
    ticked = [option.key for option in question.options if option.key in keys]
    if len(ticked) != len(set(keys)):
        raise Wrong(N_("Tick only the answers that are listed for %(name)s"), question, language=language)
    if wants_other:
        ticked.append(_own(question, own, language))
    most, least = question.limits.max, question.limits.min
    if most and len(ticked) > int(most):
        raise Wrong(N_("Tick at most %(most)s answers for %(name)s"), question, language=language, most=most)
    if least and len(ticked) < int(least):
        raise Wrong(N_("Tick at least %(least)s answers for %(name)s"), question, language=language, least=least)
    return ticked


def _ticked(question: Question, said: list[str]) -> tuple[list[str], str]:
    """What is ticked, and what was written beside "other"."""
    own = [text for text in said if text.startswith(OTHER) and text != OTHER] if question.other else []
    return [text for text in said if text not in own], own[0].removeprefix(OTHER).strip() if own else ""


def _own(question: Question, own: str, language: str) -> str:
    text = " ".join(own.split())
    if not text:
        raise Wrong(N_("Write your own answer for %(name)s, or choose one of the others"), question, language=language)
    if len(text) > LONGEST_OTHER:
        too_long = N_("%(name)s has %(count)s characters, there is room for %(most)s")
        raise Wrong(too_long, question, language=language, count=len(text), most=LONGEST_OTHER)
    return f"{OTHER}{text}"


def ranking(question: Question, said: list[str], language: str) -> Value | None:
    """The keys of all options, the first place first; each comes as "key=place"."""
    places = parts(said)
    if not places:
        return None
    keys = [option.key for option in question.options]
    if set(places) - set(keys) or not all(_PLACE.fullmatch(place) for place in places.values()):
        raise Wrong(N_("Give each answer of %(name)s a place, like 1, 2, 3"), question, language=language)
    if len({int(place) for place in places.values()}) < len(places):
        raise Wrong(N_("Give each place of %(name)s only once"), question, language=language)
    if len(places) < len(keys):
        raise Wrong(N_("Give every answer of %(name)s a place"), question, language=language)
    return sorted(keys, key=lambda key: int(places[key]))


def date_range(question: Question, said: list[str], language: str) -> Value | None:
    """The first and the last day, as "2026-09-24/2026-09-30"."""
    ends = parts(said)
    if not ends:
        return None
    if set(ends) != {"from", "to"}:
        raise Wrong(N_("%(name)s needs a first and a last day"), question, language=language)
    first, last = (one_day(question, ends[end], language) for end in ("from", "to"))
    if last < first:
        raise Wrong(N_("%(name)s ends before it begins. Please look at both days."), question, language=language)
    return f"{first}/{last}"


def address(question: Question, said: list[str], language: str) -> Value | None:
    """The parts of a postal address that were filled in."""
    typed = parts(said)
    told = {part: _lines(typed[part]) for part in question.type.parts if part in typed}
    if any(len(text) > LONGEST_PART for text in told.values()):
        raise Wrong(N_("%(name)s is too long: there is room for %(most)s characters"), question, language=language, most=LONGEST_PART)
    return {part: text for part, text in told.items() if text} or None


def _lines(text: str) -> str:
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.splitlines())))


def urls(question: Question, said: list[str], language: str) -> Value:
    """Several addresses, each once."""
    found = list(dict.fromkeys(str(url(question, [text], language)) for text in said))
    most, least = int(question.limits.max or MOST_URLS), int(question.limits.min or 0)
    if len(found) > most:
        raise Wrong(N_("%(name)s has room for %(most)s addresses"), question, language=language, most=most)
    if len(found) < least:
        raise Wrong(N_("%(name)s needs at least %(least)s addresses"), question, language=language, least=least)
    return found


def row(
    question: Question, said: Sequence[str], language: str, *, read: Callable[[Question, list[str], str], Value | None]
) -> Cells | None:
    """One row of a table: the cells that were filled in, by column."""
    typed = parts(said)
    cells = {column.key: read(column, [typed[column.key]], language) for column in question.columns if column.key in typed}
    return {key: value for key, value in cells.items() if isinstance(value, str) and value} or None


GROUPS: dict[Type, Reader] = {
    Type.ONE_CHOICE: one_choice,
    Type.SEVERAL_CHOICES: several_choices,
    Type.RANKING: ranking,
    Type.DATE_RANGE: date_range,
    Type.ADDRESS: address,
    Type.URLS: urls,
}
