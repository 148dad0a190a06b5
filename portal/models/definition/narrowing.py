"""A questionnaire as somebody sees it who was asked for a part of it: nothing in it tells of the rest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from portal.models.definition import rules
from portal.models.definition.shape import Answers, Definition, Question, Rule, Section


def narrowed(definition: Definition, answers: Answers, keys: Collection[str]) -> Definition:
    """Only these questions. What hangs on answers outside of them is settled by all answers, as it stands now, and its rule left out."""
    shown, needed = set(rules.visible(definition, answers)), set(rules.required(definition, answers))

    def stays(question: Question) -> bool:
        return question.key in keys and (question.key in shown or _inside(question.show, keys))

    def settled(question: Question) -> Question:
        required = question.required if _inside(question.required, keys) else question.key in needed
        return replace(question, show=question.show if _inside(question.show, keys) else None, required=required)

    sections = [(section, tuple(settled(one) for one in section.questions if stays(one))) for section in definition.sections]
    return replace(definition, sections=tuple(_with(section, questions) for section, questions in sections if questions))


def _with(section: Section, questions: tuple[Question, ...]) -> Section:
    """The section with these questions; how long all of it takes says nothing of a part."""
    return replace(section, questions=questions, minutes=section.minutes if len(questions) == len(section.questions) else 0)


def _inside(rule: bool | Rule | None, keys: Collection[str]) -> bool:
    return not isinstance(rule, Rule) or rule.questions <= set(keys)
