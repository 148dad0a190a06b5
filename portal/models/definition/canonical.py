"""A definition as text and back: one spelling for one questionnaire, and errors that say where.

Parts at their default are left out, so a new optional part never changes the fingerprint of an older definition.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from portal.kernel.evidence import canonical, fingerprint
from portal.kernel.refusal import N_
from portal.kernel.words import best
from portal.models.definition.plain import PlainReader, named
from portal.models.definition.shape import FORMAT, Condition, Definition, Is, Limits, Match, Option, Question, Rule, Section, Type

_TEXTS, _NUMBERS = ("currency", "country", "prefill_key", "picture"), ("most", "keep_days")
Part = TypeVar("Part")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a definition, as a message id with its values, and the question or section it is about."""

    message: str
    values: dict[str, str]
    question: str = ""
    section: str = ""

    def __str__(self) -> str:
        return self.message % self.values


class BadDefinition(ValueError):
    """A text that is no definition; carries everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def parse(text: str) -> Definition:
    """Read a definition from JSON; raises BadDefinition with all that is wrong."""
    try:
        data = json.loads(text, parse_constant=_no_number, parse_float=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadDefinition([Problem(N_("This is not readable JSON: %(error)s"), {"error": str(error)})]) from None
    return from_data(data)


def from_data(data: object) -> Definition:
    """Read a definition from parsed JSON; raises BadDefinition with all that is wrong."""
    reader = _Reader()
    definition = reader.definition(data)
    if reader.problems:
        raise BadDefinition(reader.problems)
    return definition


def dump(definition: Definition) -> str:
    """The canonical text: sorted keys, no spaces, strings and integers only."""
    return canonical(to_data(definition))


def sha256(definition: Definition) -> str:
    """The fingerprint of the canonical text (hex)."""
    return fingerprint("questionnaire", dump(definition))


def to_data(definition: Definition) -> dict[str, object]:
    """The definition as plain JSON data, for the draft column and the canonical text."""
    return {"format": definition.format, "sections": [_section_data(section) for section in definition.sections]}


def rule_data(rule: Rule) -> dict[str, object]:
    """A rule as plain JSON data, in the form the browser reads too."""
    return {str(rule.match): [_condition_data(condition) for condition in rule.conditions]}


def _condition_data(condition: Condition) -> dict[str, object]:
    return _lean(question=condition.question, **{"is": str(condition.is_)}, value=condition.value)


def _section_data(section: Section) -> dict[str, object]:
    questions = [_question_data(question) for question in section.questions]
    return _lean(key=section.key, title=dict(section.title), intro=dict(section.intro), questions=questions, minutes=section.minutes)


def _question_data(question: Question) -> dict[str, object]:
    return _lean(
        key=question.key,
        type=str(question.type),
        label=dict(question.label),
        short=dict(question.short),
        help=dict(question.help),
        required=rule_data(question.required) if isinstance(question.required, Rule) else question.required,
        show=rule_data(question.show) if question.show else None,
        options=[_lean(key=option.key, label=dict(option.label)) for option in question.options],
        limits=_lean(**{part.name: getattr(question.limits, part.name) for part in fields(question.limits)}),
        text=dict(question.text),
        unit=dict(question.unit),
        alt=dict(question.alt),
        columns=[_question_data(column) for column in question.columns],
        **{name: getattr(question, name) for name in (*_TEXTS, *_NUMBERS, "other")},
    )


def _lean(**parts: object) -> dict[str, object]:
    return {name: part for name, part in parts.items() if part}


def _no_number(text: str) -> object:
    raise ValueError(f"numbers are whole or written as text, not {text}")


class _Reader(PlainReader):
    """Reads every part it can and remembers what was wrong, so that one look shows everything."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.where = {"section": "", "question": ""}
        self.key = ""

    def definition(self, data: object) -> Definition:
        parts = self._parts(data, {"format", "sections"})
        if parts.get("format") != FORMAT:
            self._wrong(N_("This questionnaire has the format “%(found)s”; we read format 1."), found=parts.get("format", ""))
        return Definition(sections=tuple(self._each(parts.get("sections", []), self._section, "sections")))

    def _section(self, data: object, number: int) -> Section:
        named = data.get("title") if isinstance(data, dict) else None
        self.where = {"section": _name(named, number), "question": ""}
        self.key = ""
        parts = self._parts(data, {part.name for part in fields(Section)})
        return Section(
            key=self._stable(parts.get("key")),
            title=self._words(parts.get("title"), "title"),
            intro=self._words(parts.get("intro"), "intro"),
            questions=tuple(self._each(parts.get("questions", []), self._question, "questions")),
            minutes=self._number(parts.get("minutes", 0), "minutes"),
        )

    def _question(self, data: object, number: int) -> Question:
        named = data.get("label") if isinstance(data, dict) else None
        self.where = {**self.where, "question": _name(named, number)}
        parts = self._parts(data, {part.name for part in fields(Question)})
        key = self.key = self._stable(parts.get("key"))
        required = parts.get("required", False)
        return Question(
            key=key,
            type=self._one_of(Type, parts.get("type")),
            label=self._words(parts.get("label"), "label"),
            short=self._words(parts.get("short"), "short"),
            help=self._words(parts.get("help"), "help"),
            required=required if isinstance(required, bool) else self._rule(required),
            show=self._rule(parts["show"]) if parts.get("show") is not None else None,
            options=tuple(self._each(parts.get("options", []), self._option, "options")),
            limits=self._limits(parts.get("limits", {})),
            text=self._words(parts.get("text"), "text"),
            unit=self._words(parts.get("unit"), "unit"),
            alt=self._words(parts.get("alt"), "alt"),
            other=self._yes_or_no(parts.get("other", False), "other", usual=False),
            columns=self._columns(parts.get("columns", [])),
            **self._plain(parts),
        )

    def _columns(self, data: object) -> tuple[Question, ...]:
        key, where = self.key, self.where
        columns = tuple(self._each(data, self._question, "columns"))
        self.key, self.where = key, where
        return columns

    def _plain(self, parts: dict[str, object]) -> dict[str, Any]:
        """The parts that are one text or one whole number."""
        numbers = {name: self._number(parts[name], name) for name in _NUMBERS if name in parts}
        return {name: self._text(parts[name], name) for name in _TEXTS if name in parts} | numbers

    def _option(self, data: object, _number: int) -> Option:
        parts = self._parts(data, {"key", "label"})
        return Option(key=self._stable(parts.get("key")), label=self._words(parts.get("label"), "label"))

    def _limits(self, data: object) -> Limits:
        names = {part.name for part in fields(Limits)}
        parts = self._parts(data, names)
        return Limits(**{name: self._text(part, name) for name, part in parts.items() if name in names})

    def _rule(self, data: object) -> Rule:
        parts = self._parts(data, set(Match))
        if len(parts) != 1:
            self._wrong(N_("%(place)s: a rule says either “any” or “all”."))
        for match in (match for match in Match if match in parts):
            return Rule(match=match, conditions=tuple(self._each(parts[match], self._condition, match)))
        return Rule(match=Match.ALL, conditions=())

    def _condition(self, data: object, _number: int) -> Condition:
        parts = self._parts(data, {"question", "is", "value"})
        return Condition(
            question=self._stable(parts.get("question")),
            is_=self._one_of(Is, parts.get("is")),
            value=self._text(parts.get("value", ""), "value"),
        )

    def _each(self, data: object, read: Callable[[object, int], Part], part: str) -> list[Part]:
        if isinstance(data, list):
            return [read(one, number) for number, one in enumerate(data, start=1)]
        self._wrong(N_("%(place)s: “%(part)s” must be a list."), part=part)
        return []

    def _number(self, data: object, part: str) -> int:
        if isinstance(data, int) and not isinstance(data, bool) and 0 <= data < 10**6:
            return data
        self._wrong(N_("%(place)s: “%(part)s” must be a whole number."), part=part)
        return 0

    def _wrong(self, message: str, **values: object) -> None:
        self.problems.append(Problem(message, {"place": self._place(), **named(values)}, self.key))

    def _place(self) -> str:
        places = [f"{noun} {self.where[part]}" for part, noun in (("section", "Section"), ("question", "question")) if self.where[part]]
        return ", ".join(places) or "The questionnaire"


def _name(words: object, number: int) -> str:
    said = best(words) if isinstance(words, dict) and all(isinstance(text, str) for text in words.values()) else ""
    return f"“{said}”" if said else str(number)
