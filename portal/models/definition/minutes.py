"""How long a questionnaire takes: as staff say of a section, else from what is asked, as people answer in our own tests."""

from __future__ import annotations

from collections.abc import Callable, Collection
from math import ceil

from portal.models.definition import rules
from portal.models.definition.shape import Answers, Definition, Section, Type

SECONDS = {
    Type.LONG_TEXT: 90,
    Type.TABLE: 150,
    Type.FILE: 90,
    Type.ADDRESS: 45,
    Type.SECRET: 40,
    Type.RANKING: 40,
    Type.SEVERAL_CHOICES: 25,
    Type.URLS: 30,
    Type.DATE_RANGE: 25,
    Type.COLOUR: 30,
    Type.YES_NO: 10,
    Type.RATING: 8,
    Type.AGREE: 20,
}
OTHERWISE = 20


def minutes_of(definition: Definition, answers: Answers, keys: Collection[str]) -> int:
    """The minutes that these questions take, whether they have an answer or not."""
    shown = set(rules.visible(definition, answers))
    return ceil(sum(_seconds(one, shown, keys.__contains__) for one in definition.sections) / 60)


def minutes_left(definition: Definition, answers: Answers, section: Section | None = None) -> int:
    """The minutes that the shown questions without an answer take, in one section or in all; those of sections add up to those of all."""
    shown = set(rules.visible(definition, answers))
    before = seconds = 0
    for one in definition.sections:
        before, seconds = seconds, seconds + _seconds(one, shown, lambda key: not answers.get(key))
        if section and one.key == section.key:
            return ceil(seconds / 60) - ceil(before / 60)
    return ceil(seconds / 60)


def _seconds(section: Section, shown: Collection[str], is_open: Callable[[str], bool]) -> int:
    """What is left of a section: of the minutes staff gave it the share of the questions that are open, else as estimated."""
    each = {one.key: SECONDS.get(one.type, OTHERWISE) for one in section.questions if one.key in shown and one.type.is_asked}
    left = sum(seconds for key, seconds in each.items() if is_open(key))
    return -(-section.minutes * 60 * left // sum(each.values())) if section.minutes and left else left
