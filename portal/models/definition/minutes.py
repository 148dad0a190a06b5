"""How long a questionnaire takes: from what is asked, as people answer in our own tests, rounded to whole minutes."""

from __future__ import annotations

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
    Type.NOTE: 10,
    Type.YES_NO: 10,
    Type.RATING: 8,
    Type.AGREE: 20,
}
OTHERWISE = 20


def minutes_left(definition: Definition, answers: Answers, section: Section | None = None) -> int:
    """The minutes that the shown questions without an answer take, in one section or in all; 0 when nothing is left."""
    shown = set(rules.visible(definition, answers))
    asked = (section or definition).questions
    return ceil(
        sum(SECONDS.get(one.type, OTHERWISE) for one in asked if one.key in shown and _is_open(one.type, answers.get(one.key))) / 60
    )


def _is_open(type: Type, value: object) -> bool:
    return type.is_asked and not value
