"""What the pages of a questionnaire show."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from portal.kernel.words import best
from portal.kinds.questionnaires import answer_rows, definition_of
from portal.models.definition import rules
from portal.models.definition.answering import as_typed
from portal.models.definition.progress import first_gap, missing
from portal.models.definition.shape import Definition, Question, Section, Value
from portal.models.items import Item
from portal.models.questionnaires import Answer


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
    rows: Mapping[str, Answer]

    @property
    def answers(self) -> dict[str, Value | None]:
        """The values of all answers."""
        return {key: cast("Value | None", row.value) for key, row in self.rows.items()}

    def section(self, number: int) -> Section | None:
        """A section by the number people see."""
        return dict(self.definition.numbered()).get(number)

    def asked(self, section: Section, *, language: str) -> list[Asked]:
        """The questions of a section with what was answered so far."""
        answers = self.answers
        shown, needed = set(rules.visible(self.definition, answers)), set(rules.required(self.definition, answers))
        return [
            Asked(
                question=one,
                rev=self.rows[one.key].rev if one.key in self.rows else 0,
                held=as_typed(one, answers.get(one.key), language=language),
                shown=one.key in shown,
                needed=one.key in needed,
            )
            for one in section.questions
        ]

    def steps(self, now: int | None) -> list[Step]:
        """All sections, with where the person is and what is done."""
        answers = self.answers
        lacking = {number for number, _ in missing(self.definition, answers)}
        shown = set(rules.visible(self.definition, answers))

        def state(number: int, section: Section) -> str:
            if number == now:
                return "now"
            asked = [one for one in section.questions if one.key in shown]
            begun = any(answers.get(one.key) for one in asked)
            return "done" if begun and number not in lacking else "started" if begun else "todo"

        return [Step(number, section, state(number, section)) for number, section in self.definition.numbered()]

    @property
    def shown_keys(self) -> frozenset[str]:
        """The keys of the questions to show."""
        return frozenset(rules.visible(self.definition, self.answers))

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
        latest = max(self.rows.values(), key=lambda row: row.at, default=None)
        places = ((number, one.key) for number, section in self.definition.numbered() for one in section.questions)
        return next((number for number, key in places if latest and key == latest.question_key), None)

    @property
    def outline(self) -> str:
        """The rules for the browser."""
        return json.dumps(rules.outline(self.definition))

    @property
    def answers_json(self) -> str:
        """The answers for the browser's rules."""
        return json.dumps(self.answers)


def page_of(item: Item) -> Page:
    """The questionnaire of an item as it stands."""
    return Page(definition_of(item), answer_rows(item.id))


def held_as_words(question: Question, typed: Sequence[str], language: str) -> str:
    """What fields hold, as people read it."""
    options = {option.key: best(option.label, language) for option in question.options}
    return ", ".join(options.get(text, text) for text in typed)
