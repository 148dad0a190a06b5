"""What the pages of a questionnaire show."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

from portal.features.questionnaires.earlier import Earlier
from portal.features.questionnaires.typed_in import number
from portal.kernel.db import acting_as, present_viewer
from portal.kernel.viewer import SYSTEM
from portal.kernel.words import best
from portal.kinds.questionnaires.kind import Given, definition_of, given
from portal.kinds.questionnaires.note_pictures import pictures_of
from portal.kinds.questionnaires.verdicts import Again, again_of
from portal.models.definition import rules
from portal.models.definition.answering import as_typed, row_as_typed
from portal.models.definition.minutes import minutes_left
from portal.models.definition.narrowing import narrowed
from portal.models.definition.progress import first_gap, missing
from portal.models.definition.shape import Cells, Definition, Option, Question, Section, Type, Value
from portal.models.definition.types import OTHER
from portal.models.files import Upload
from portal.models.items import Item
from portal.models.questionnaires import Answer, NotePicture


@dataclass
class AskedRow:
    """One row of a table as a form shows it: what its cells hold, by column, and what is wrong with it, in which cell."""

    key: str
    rev: int = 0
    held: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    cell: str = ""
    theirs: str = ""
    unsaved: bool = False


@dataclass
class Asked:
    """One question as a form shows it: its definition, what its fields hold, and what is wrong with it."""

    question: Question
    rev: int
    held: list[str]
    shown: bool
    needed: bool
    errors: list[str] = field(default_factory=list)
    theirs: str = ""
    unsaved: bool = False
    rows: list[AskedRow] = field(default_factory=list)
    files: Sequence[Upload] = ()
    sealed: str = ""
    settled: bool = False
    again: str = ""
    value: Value | None = None
    picture: NotePicture | None = None
    earlier: Earlier | None = None
    ordered: bool = False

    def holds(self, part: str) -> str:
        """What the field of a named part holds."""
        return next((text.removeprefix(f"{part}=") for text in self.held if text.startswith(f"{part}=") and text != f"{part}="), "")

    @property
    def names(self) -> dict[str, str]:
        """The names of its files, by their ids."""
        return {str(file.id): file.name for file in self.files}

    @property
    def ranked(self) -> list[Option]:
        """The options in the order that was given, then those without a place."""
        options = self.question.options
        return sorted(options, key=lambda option: number(self.holds(option.key)) or len(options) + 1)

    @property
    def blank(self) -> AskedRow:
        """The row a page copies for every new one."""
        return AskedRow("new")

    @property
    def own_words(self) -> str:
        """What was written beside "other"."""
        return self.holds("other")

    @property
    def is_other(self) -> bool:
        """Whether "other" is ticked."""
        return any(text.startswith(OTHER) for text in self.held)


@dataclass(frozen=True)
class Step:
    """One section in the list of sections."""

    number: int
    section: Section
    state: str


@dataclass(frozen=True)
class Page:
    """A questionnaire as one person sees it now."""

    definition: Definition
    given: Given = field(default_factory=Given)
    again: Again | None = None

    @property
    def rows(self) -> Mapping[str, Answer]:
        """What stands as answers that are one value, by question."""
        return self.given.answers

    @cached_property
    def answers(self) -> dict[str, Value | None]:
        """The values of all answers."""
        return self.given.values

    def section(self, number: int) -> Section | None:
        """A section by the number people see."""
        return dict(self.definition.numbered()).get(number)

    def asked(self, section: Section, *, language: str, blank: bool = False, more: Collection[str] = ()) -> list[Asked]:
        """The questions of a section with what was answered so far; a table that is empty, or named in `more`, gets an empty row."""
        answers = self.answers
        shown, needed = set(rules.visible(self.definition, answers)), set(rules.required(self.definition, answers))
        pictures = pictures_of(section.questions)
        return [
            Asked(
                question=one,
                rev=self.rows[one.key].rev if one.key in self.rows else 0,
                held=as_typed(one, answers.get(one.key), language=language),
                shown=one.key in shown,
                needed=one.key in needed,
                value=answers.get(one.key),
                picture=pictures.get(one.key),
                rows=self._rows_of(one, language, blank=one.key in more or blank) if one.type is Type.TABLE else [],
                files=self.given.files.get(one.key, ()),
                settled=self.again is not None and self.again.is_settled(one.key),
                again=self.again.reason(one.key) if self.again else "",
                sealed=str(answers.get(one.key) or "") if one.type is Type.SECRET else "",
            )
            for one in section.questions
        ]

    def _rows_of(self, table: Question, language: str, *, blank: bool) -> list[AskedRow]:
        there = self.given.rows.get(table.key, {}).items()
        rows = [AskedRow(key, row.rev, row_as_typed(table, cast("Cells", row.value or {}), language=language)) for key, row in there]
        return [*rows, fresh_row()] if blank or not rows else rows

    def steps(self, now: int | None) -> list[Step]:
        """All sections, with where the person is and what is done."""
        answers = self.answers
        lacking = {number for number, _ in missing(self.definition, answers)}
        shown = set(rules.visible(self.definition, answers))

        def state(number: int, section: Section) -> str:
            if number == now:
                return "now"
            asked = [one for one in section.questions if one.key in shown and one.type.is_asked]
            begun = any(answers.get(one.key) for one in asked)
            return "done" if (begun or not asked) and number not in lacking else "started" if begun else "todo"

        return [Step(number, section, state(number, section)) for number, section in self.definition.numbered()]

    @property
    def shown_keys(self) -> frozenset[str]:
        """The keys of the questions to show."""
        return frozenset(rules.visible(self.definition, self.answers))

    def lacks_any(self, keys: Collection[str]) -> bool:
        """Whether one of these questions is asked and has no answer."""
        open_ones = (one for one in self.definition.asked if one.key in keys and one.key in self.shown_keys)
        return any(self.answers.get(one.key) is None for one in open_ones)

    @property
    def resume_at(self) -> int | None:
        """The section to go on with; None when only the check is left."""
        return first_gap(self.definition, self.answers)

    def gaps(self, *, before: int | None = None) -> list[tuple[int, Question]]:
        """The required questions without an answer, each with the number of its section; only those of earlier sections if wanted."""
        found = ((number, self.definition.question(key)) for number, key in missing(self.definition, self.answers))
        return [(number, question) for number, question in found if question and (before is None or number < before)]

    @property
    def left_off_in(self) -> int | None:
        """The section in which the latest answer was given."""
        latest = self.given.latest()
        places = ((number, one.key) for number, section in self.definition.numbered() for one in section.questions)
        return next((number for number, key in places if latest and key == latest.question_key), None)

    def minutes_left(self, section: Section | None = None) -> int:
        """About how many minutes what is not answered yet will take, in one section or in all."""
        return minutes_left(self.definition, self.answers, section)

    @property
    def outline(self) -> str:
        """The rules for the browser."""
        return json.dumps(rules.outline(self.definition))

    @property
    def answers_json(self) -> str:
        """The answers for the browser's rules."""
        return json.dumps(self.answers)


def page_of(item: Item) -> Page:
    """The questionnaire of an item as it stands; for somebody who was asked for a part of it, that part."""
    definition, viewer = definition_of(item), present_viewer()
    keys = viewer.parts.get(item.id) if viewer else None
    if keys is None:
        return Page(definition, given(item.id))
    with acting_as(SYSTEM):
        answers, again = given(item.id).values, again_of(item)
    return Page(narrowed(definition, answers, keys), given(item.id), again)


def fresh_row() -> AskedRow:
    """An empty row, under a key nobody used before; it is kept once something was typed into it."""
    return AskedRow(secrets.token_hex(5))


def held_as_words(question: Question, typed: Sequence[str], language: str) -> str:
    """What fields hold, as people read it."""
    options = {option.key: best(option.label, language) for option in question.options}
    return ", ".join(options.get(text, text.partition("=")[2] or text) for text in typed if text != OTHER)
