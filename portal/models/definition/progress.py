"""How far somebody is with a questionnaire, and what exactly is handed over."""

from __future__ import annotations

from dataclasses import dataclass

from portal.kernel.words import best
from portal.models.definition import rules
from portal.models.definition.canonical import sha256
from portal.models.definition.shape import Answers, Definition, Question, Section, Value


@dataclass(frozen=True)
class Progress:
    """Answered questions of those that are shown."""

    answered: int
    total: int


def progress(definition: Definition, answers: Answers) -> Progress:
    """How many of the shown questions have an answer."""
    shown = rules.visible(definition, answers)
    return Progress(answered=sum(1 for key in shown if answers.get(key)), total=len(shown))


def missing(definition: Definition, answers: Answers) -> list[tuple[int, str]]:
    """Section number (from 1) and key of each question that must be answered and is not, in order."""
    needed = set(rules.required(definition, answers))
    return [
        (number, question.key)
        for number, section in definition.numbered()
        for question in section.questions
        if question.key in needed and not answers.get(question.key)
    ]


def first_gap(definition: Definition, answers: Answers) -> int | None:
    """The section to go on with: the first that lacks a required answer or was not begun; None when only the check is left."""
    lacking = {number for number, _ in missing(definition, answers)}
    for number, _, shown in _shown_sections(definition, answers):
        if number in lacking or not any(answers.get(question.key) for question in shown):
            return number
    return None


def frozen(definition: Definition, answers: Answers, *, language: str) -> dict[str, object]:
    """What is handed over: the shown questions in order, in the client's words; a question without value was not answered."""
    return {
        "format": 1,
        "definition": sha256(definition),
        "language": language,
        "sections": [
            {
                "key": section.key,
                "title": best(section.title, language),
                "answers": [_frozen_answer(question, answers.get(question.key), language) for question in shown],
            }
            for _, section, shown in _shown_sections(definition, answers)
        ],
    }


def _frozen_answer(question: Question, value: Value | None, language: str) -> dict[str, object]:
    told: dict[str, object] = {"key": question.key, "type": str(question.type), "label": best(question.label, language)}
    if not value:
        return told
    told["value"] = list(value) if isinstance(value, list) else value
    if question.type.has_options:
        keys = value if isinstance(value, list) else [value]
        options = [question.option(key) for key in keys]
        told["chosen"] = [best(option.label, language) if option else key for option, key in zip(options, keys, strict=True)]
    return told


def _shown_sections(definition: Definition, answers: Answers) -> list[tuple[int, Section, list[Question]]]:
    """Sections with at least one shown question, with their number and those questions."""
    shown = set(rules.visible(definition, answers))
    pages = [(number, section, [one for one in section.questions if one.key in shown]) for number, section in definition.numbered()]
    return [page for page in pages if page[2]]
