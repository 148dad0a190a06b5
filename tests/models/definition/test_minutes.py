"""How long is left: of a section with minutes of its own its share, of any other what its questions usually take."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal.models.definition.canonical import dump, parse
from portal.models.definition.minutes import minutes_left
from portal.models.definition.narrowing import narrowed
from portal.models.definition.shape import Definition, Question, Section, Type

ASKED = tuple(Question(key=key, type=Type.SHORT_TEXT, label={"en": key}) for key in ("a", "b", "c", "d"))
OURS = Section(key="one", title={"en": "One"}, questions=ASKED, minutes=20)
WHOLE = Definition(sections=(OURS, replace(OURS, key="two", questions=(replace(ASKED[0], key="e"),), minutes=0)))


@pytest.mark.parametrize(("answered", "left"), [("", 20), ("a", 15), ("abc", 5), ("abcd", 0)])
def test_of_the_minutes_of_a_section_the_share_that_is_open_is_left(answered: str, left: int) -> None:
    answers = dict.fromkeys(answered, "x")
    assert minutes_left(WHOLE, answers, OURS) == left
    assert minutes_left(WHOLE, answers) == left + 1, "the other section is estimated"


def test_the_minutes_of_the_sections_add_up_to_those_of_all() -> None:
    short = tuple(replace(OURS, key=f"s{n}", questions=(replace(ASKED[0], key=f"q{n}"),), minutes=0) for n in range(7))
    seven = Definition(sections=short)
    parts = [minutes_left(seven, {}, section) for section in seven.sections]
    assert sum(parts) == minutes_left(seven, {}) == 3 and parts[0] == 1


def test_the_minutes_of_all_say_nothing_of_a_part() -> None:
    assert minutes_left(narrowed(WHOLE, {}, {"a"}), {}) == 1
    assert minutes_left(narrowed(WHOLE, {}, set("abcd")), {}) == 20


def test_minutes_are_part_of_the_text_only_where_somebody_set_them() -> None:
    assert parse(dump(WHOLE)) == WHOLE and dump(WHOLE).count("minutes") == 1
