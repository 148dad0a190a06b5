"""The shape of a questionnaire: sections, questions, options and the rules that show or require a question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from portal.kernel.words import Words

Value: TypeAlias = str | list[str]
"""One answer as it is stored: text, an option key, "yes" or "no", a decimal or ISO date as text, or several option keys."""
Answers: TypeAlias = Mapping[str, Value | None]

FORMAT = 1


class Type(StrEnum):
    """What kind of answer a question takes."""

    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    ONE_CHOICE = "one_choice"
    SEVERAL_CHOICES = "several_choices"
    YES_NO = "yes_no"
    NUMBER = "number"
    DATE = "date"
    EMAIL = "email"
    URL = "url"

    @property
    def has_options(self) -> bool:
        """Whether the answer is picked from options the firm wrote."""
        return self in (Type.ONE_CHOICE, Type.SEVERAL_CHOICES)

    @property
    def has_order(self) -> bool:
        """Whether one answer can be greater than another."""
        return self in (Type.NUMBER, Type.DATE)


class Is(StrEnum):
    """How a condition looks at an earlier answer."""

    EQUALS = "equals"
    CONTAINS = "contains"
    EMPTY = "empty"
    ANSWERED = "answered"
    GREATER = "greater"
    LESS = "less"

    @property
    def needs_value(self) -> bool:
        """Whether the condition compares with something."""
        return self not in (Is.EMPTY, Is.ANSWERED)


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
    """Bounds of an answer: characters for text, ticks for several choices, else the number or ISO date itself."""

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
    """One question; `short` names it in messages ("Orders in a week must be a number")."""

    key: str
    type: Type
    label: Words
    short: Words = field(default_factory=dict)
    help: Words = field(default_factory=dict)
    required: bool | Rule = False
    show: Rule | None = None
    options: tuple[Option, ...] = ()
    limits: Limits = Limits()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule this question hangs on."""
        return tuple(rule for rule in (self.show, self.required) if isinstance(rule, Rule))

    def option(self, key: str) -> Option | None:
        """The option with this key, if it is one of ours."""
        return next((option for option in self.options if option.key == key), None)


@dataclass(frozen=True, kw_only=True)
class Section:
    """A page of related questions."""

    key: str
    title: Words
    intro: Words = field(default_factory=dict)
    questions: tuple[Question, ...] = ()


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

    def numbered(self) -> Iterator[tuple[int, Section]]:
        """Sections with the number people see, from 1."""
        return enumerate(self.sections, start=1)
