"""How far somebody is with a questionnaire, and what exactly is handed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.kernel.words import best
from portal.models.definition import rules
from portal.models.definition.canonical import sha256
from portal.models.definition.shape import Answers, Cells, Definition, Question, Section, Type, Value
from portal.models.definition.types import OTHER


@dataclass(frozen=True)
class Progress:
    """Answered questions of those that are shown."""

    answered: int
    total: int


def progress(definition: Definition, answers: Answers) -> Progress:
    """How many of the shown questions have an answer."""
    shown = set(rules.visible(definition, answers))
    asked = [question.key for question in definition.asked if question.key in shown]
    return Progress(answered=sum(1 for key in asked if answers.get(key)), total=len(asked))


def missing(definition: Definition, answers: Answers) -> list[tuple[int, str]]:
    """Section number (from 1) and key of each question that must be answered and is not, in order."""
    needed = set(rules.required(definition, answers))
    return [
        (number, question.key)
        for number, section in definition.numbered()
        for question in section.questions
        if question.key in needed and question.type.is_asked and not is_whole(question, answers.get(question.key))
    ]


def is_whole(question: Question, value: Value | None) -> bool:
    """Whether an answer is enough where one is needed; an address needs a street and a town, a row its needed cells."""
    if isinstance(value, dict):
        return question.type is not Type.ADDRESS or bool(value.get("street") and value.get("town"))
    if question.type is Type.TABLE and isinstance(value, list):
        needed = [column.key for column in question.columns if column.required]
        enough = len(value) >= int(question.limits.min or 1)
        return enough and all(isinstance(row, dict) and all(row.get(key) for key in needed) for row in value)
    return bool(value)


def first_gap(definition: Definition, answers: Answers) -> int | None:
    """The section to go on with: the first that lacks a required answer or was not begun; None when only the check is left."""
    lacking = {number for number, _ in missing(definition, answers)}
    for number, _, shown in _shown_sections(definition, answers):
        if number in lacking or not any(answers.get(question.key) for question in shown):
            return number
    return None


def frozen(
    definition: Definition, answers: Answers, *, language: str, files: Mapping[str, Mapping[str, object]] | None = None
) -> dict[str, object]:
    """What is handed over: the shown questions in order, in the client's words; a question without value was not answered.

    `files` says of each file that answers a question what is to be told of it, by its id."""
    pages = list(_shown_sections(definition, answers))
    told = {
        "format": 1,
        "definition": sha256(definition),
        "language": language,
        "sections": [
            {
                "key": section.key,
                "title": best(section.title, language),
                "answers": [_frozen_answer(question, answers.get(question.key), language, files or {}) for question in shown],
            }
            for _, section, shown in pages
        ],
    }
    asked = [answers.get(question.key) for _, _, shown in pages for question in shown if question.type is Type.FILE]
    sent = [files[str(key)] for value in asked if isinstance(value, list) for key in value if files and str(key) in files]
    return told | ({"files": sent} if sent else {})


def _frozen_answer(question: Question, value: Value | None, language: str, files: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    told: dict[str, object] = {"key": question.key, "type": str(question.type), "label": best(question.label, language)}
    more = {"currency": question.currency, "unit": best(question.unit, language), "most": question.most}
    told |= {name: part for name, part in more.items() if part}
    if not value:
        return told
    told["value"] = value
    if question.type.has_options:
        told["chosen"] = [_chosen(question, str(key), language) for key in (value if isinstance(value, list) else [value])]
    if question.columns:
        told["columns"] = [_frozen_answer(column, None, language, {}) for column in question.columns]
        told["rows"] = [[_cell(column, row, language) for column in question.columns] for row in value if isinstance(row, dict)]
    if question.type is Type.FILE:
        told["files"] = [files[str(key)] for key in value if str(key) in files]
    return told


def _chosen(question: Question, key: str, language: str) -> str:
    option = question.option(key)
    return best(option.label, language) if option else key.removeprefix(OTHER)


def _cell(column: Question, row: Cells, language: str) -> str:
    """What stands in a cell: the words of a choice, else the value."""
    value = row.get(column.key, "")
    return _chosen(column, value, language) if value and column.type.has_options else value


def _shown_sections(definition: Definition, answers: Answers) -> list[tuple[int, Section, list[Question]]]:
    """Sections with at least one shown question to answer, with their number and those questions."""
    shown = set(rules.visible(definition, answers))
    asked = {question.key for question in definition.asked} & shown
    pages = [(number, section, [one for one in section.questions if one.key in asked]) for number, section in definition.numbered()]
    return [page for page in pages if page[2]]
