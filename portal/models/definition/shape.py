"""The shape of a questionnaire: sections, questions, options and the rules that show or require a question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from portal.kernel.words import Words
from portal.models.definition.types import Is, Type

__all__ = [
    "DELETED",
    "FORMAT",
    "SEALED",
    "Answers",
    "Cells",
    "Condition",
    "Definition",
    "Is",
    "Limits",
    "Match",
    "Option",
    "Question",
    "Rule",
    "Section",
    "Type",
    "Value",
]

Cells: TypeAlias = dict[str, str]
Value: TypeAlias = str | list[str] | Cells | list[Cells]
"""One answer as it is stored: text, an option key, "yes" or "no", a decimal, an ISO date ("2026-09-24/2026-09-30" for a stretch)
or time as text, the statement that was agreed to; several option keys, addresses or ids of files; the parts of a postal address;
the rows of a table. Of a secret only SEALED or DELETED."""
Answers: TypeAlias = Mapping[str, Value | None]

FORMAT = 1
SEALED, DELETED = "sealed", "deleted"
MOST_STARS = 5


class Match(StrEnum):
    """Whether one condition is enough or all must hold."""

    ANY = "any"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One look at one earlier answer; `is_` because `is` is Python's."""

    question: str
    is_: Is
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Conditions of which any or all must hold."""

    match: Match
    conditions: tuple[Condition, ...]

    @property
    def questions(self) -> frozenset[str]:
        """The keys of the questions this rule looks at."""
        return frozenset(condition.question for condition in self.conditions)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds of an answer: characters for text, ticks for several choices, rows, addresses or files, else the value itself."""

    min: str = ""
    max: str = ""
    places: str = ""


@dataclass(frozen=True, kw_only=True)
class Option:
    """One answer to pick."""

    key: str
    label: Words


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question; `short` names it in messages ("Orders in a week must be a number").

    `text` is what a note says or a statement to agree to, `country` the one a phone number without "+" belongs to, `most` the
    highest rating, `columns` are the questions of each row of a table, `prefill_key` names what returning clients may be offered,
    `keep_days` how long a secret is kept, `picture` the id of what a note shows,
    and `alt` that in words.
    """

    key: str
    type: Type
    label: Words
    short: Words = field(default_factory=dict)
    help: Words = field(default_factory=dict)
    required: bool | Rule = False
    show: Rule | None = None
    options: tuple[Option, ...] = ()
    limits: Limits = Limits()
    text: Words = field(default_factory=dict)
    unit: Words = field(default_factory=dict)
    currency: str = ""
    country: str = ""
    other: bool = False
    most: int = 0
    columns: tuple[Question, ...] = ()
    prefill_key: str = ""
    keep_days: int = 0
    picture: str = ""
    alt: Words = field(default_factory=dict)

    @property
    def highest(self) -> int:
        """The highest rating."""
        return self.most or MOST_STARS

    def column(self, key: str) -> Question | None:
        """The column of a table with this key."""
        return next((column for column in self.columns if column.key == key), None)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule this question hangs on."""
        return tuple(rule for rule in (self.show, self.required) if isinstance(rule, Rule))

    def option(self, key: str) -> Option | None:
        """The option with this key, if it is one of ours."""
        return next((option for option in self.options if option.key == key), None)


@dataclass(frozen=True, kw_only=True)
class Section:
    """A page of related questions; `minutes` is what all of it takes, 0 where that is to be estimated."""

    key: str
    title: Words
    intro: Words = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    minutes: int = 0


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A whole questionnaire; immutable, and equal definitions have equal fingerprints."""

    sections: tuple[Section, ...] = ()
    format: int = FORMAT

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions in reading order."""
        return tuple(question for section in self.sections for question in section.questions)

    def question(self, key: str) -> Question | None:
        """The question with this key, if there is one."""
        return next((question for question in self.questions if question.key == key), None)

    @property
    def asked(self) -> tuple[Question, ...]:
        """All questions that can be answered; notes only say something."""
        return tuple(question for question in self.questions if question.type.is_asked)

    def numbered(self) -> Iterator[tuple[int, Section]]:
        """Sections with the number people see, from 1."""
        return enumerate(self.sections, start=1)
