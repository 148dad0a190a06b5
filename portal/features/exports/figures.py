"""A questionnaire in figures: for every question how many answered, what they chose, how long it took, how often we asked again."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import cast
from uuid import UUID

from sqlalchemy import func, select

from portal.features.exports.queries import NUMBERS, Frozen, latest
from portal.kernel.db import db
from portal.kernel.words import best
from portal.kinds.questionnaires.kind import read_definition
from portal.models.definition.shape import Definition, Question, Type
from portal.models.definition.types import OTHER
from portal.models.deliveries import HandOver
from portal.models.items import Item
from portal.models.questionnaires import AnswerChange, AnswerVerdict, QuestionnaireVersion, Said

MOST = 2000  # the latest so many are counted


@dataclass
class Figure:
    """One question: how often it was asked and answered, and what came of it."""

    key: str
    label: str
    type: Type
    unit: str = ""
    asked: int = 0
    answered: int = 0
    again: int = 0
    choices: list[tuple[str, int]] = field(default_factory=list)
    numbers: tuple[Decimal, Decimal, Decimal] | None = None
    took: timedelta | None = None

    @property
    def share(self) -> int:
        """How many of a hundred who were asked answered."""
        return round(100 * self.answered / self.asked) if self.asked else 0


@dataclass(frozen=True)
class Figures:
    """All questions of a questionnaire, over so many that were handed over."""

    handed: int
    questions: list[Figure]


def count(project_id: UUID | None = None) -> int:
    """How many questionnaires were handed over."""
    return db.session.scalar(select(func.count()).select_from(latest(project_id=project_id).subquery())) or 0


def of(questionnaire_id: UUID, *, language: str) -> Figures:
    """The figures of a questionnaire over all its versions, in a fixed number of queries. Answers of another kind than is asked for now
    are left out: nothing can be reckoned from both."""
    found = latest(questionnaire_id).order_by(None).order_by(HandOver.at.desc()).limit(MOST)
    ids = list(db.session.scalars(found))
    contents = [json.loads(text) for text in db.session.scalars(select(HandOver.content).where(HandOver.id.in_(ids)))] if ids else []
    told: dict[str, list[Frozen]] = defaultdict(list)
    for content in contents:
        for answer in (answer for section in content.get("sections", ()) for answer in section["answers"]):
            told[str(answer["key"])].append(answer)
    again, took = _again(questionnaire_id), _took(questionnaire_id)
    alike = [(one, [answer for answer in told[one.key] if answer["type"] == one.type]) for one in _questions(questionnaire_id)]
    return Figures(len(contents), [_figure(one, answers, again, took, language) for one, answers in alike])


def _questions(questionnaire_id: UUID) -> list[Question]:
    """Every question that was ever published, as it was worded last; those of today first, in their order."""
    query = select(QuestionnaireVersion.definition).where(QuestionnaireVersion.questionnaire_id == questionnaire_id)
    versions: list[Definition] = [read_definition(text) for text in db.session.scalars(query.order_by(QuestionnaireVersion.n.desc()))]
    known: dict[str, Question] = {}
    for definition in versions:
        for question in definition.asked:
            known.setdefault(question.key, question)
    return list(known.values())


def _figure(question: Question, told: list[Frozen], again: Counter[str], took: dict[str, timedelta], language: str) -> Figure:
    values = [answer["value"] for answer in told if answer.get("value")]
    figure = Figure(question.key, best(question.label, language, "en") or question.key, question.type)
    figure.unit = question.currency or best(question.unit, language, "en")
    figure.asked, figure.answered, figure.again = len(told), len(values), again[question.key]
    figure.took = took.get(question.key)
    if question.type in NUMBERS and values:
        numbers = sorted(Decimal(str(value)) for value in values)
        figure.numbers = numbers[0], Decimal(median(numbers)), numbers[-1]
    if question.type.has_options or question.type in (Type.YES_NO, Type.RATING):
        figure.choices = _choices(question, values, language)
    return figure


def _choices(question: Question, values: Iterable[object], language: str) -> list[tuple[str, int]]:
    """How often each was chosen; of a ranking how often it came first. Own words beside the options count as one."""
    picked: Counter[str] = Counter()
    for value in values:
        several = cast("list[str]", value) if isinstance(value, list) else [str(value)]
        picked.update(several[:1] if question.type is Type.RANKING else several)
    if question.type is Type.YES_NO:
        return [(key, picked[key]) for key in ("yes", "no")]
    if question.type is Type.RATING:
        return [(str(star), picked[str(star)]) for star in range(1, question.highest + 1)]
    known = [(best(option.label, language, "en") or option.key, picked[option.key]) for option in question.options]
    own = sum(times for key, times in picked.items() if key.startswith(OTHER))
    return [*known, ("", own)] if own else known


def _again(questionnaire_id: UUID) -> Counter[str]:
    """How often we asked again for each question, or proposed another answer, once it was sent back."""
    query = select(AnswerVerdict.question_key, func.count()).join(Item, Item.id == AnswerVerdict.item_id)
    query = query.join(QuestionnaireVersion, QuestionnaireVersion.id == Item.questionnaire_version_id)
    query = query.where(QuestionnaireVersion.questionnaire_id == questionnaire_id, AnswerVerdict.said != Said.ACCEPTED)
    rows = db.session.execute(query.group_by(AnswerVerdict.question_key))
    return Counter({row[0]: row[1] for row in rows})


def _took(questionnaire_id: UUID) -> dict[str, timedelta]:
    """How long after it was asked half of them had first answered each question."""
    first = func.min(AnswerChange.at)
    query = select(AnswerChange.question_key, Item.sent_at, first).join(Item, Item.id == AnswerChange.item_id)
    query = query.join(QuestionnaireVersion, QuestionnaireVersion.id == Item.questionnaire_version_id)
    query = query.where(QuestionnaireVersion.questionnaire_id == questionnaire_id, Item.sent_at.is_not(None))
    waits: dict[str, list[float]] = defaultdict(list)
    rows = db.session.execute(query.group_by(AnswerChange.question_key, AnswerChange.item_id, Item.sent_at).limit(200_000))
    for key, asked, answered in cast("Iterable[tuple[str, datetime, datetime]]", rows):
        waits[key].append((answered - asked).total_seconds())
    return {key: timedelta(seconds=median(times)) for key, times in waits.items()}
