"""Items that ask questions."""

from __future__ import annotations

from functools import lru_cache
from typing import cast
from uuid import UUID

from sqlalchemy import func, select

from portal.kernel.db import db
from portal.kernel.refusal import N_
from portal.kinds.protocol import Missing
from portal.models.clients import Client
from portal.models.definition.canonical import parse
from portal.models.definition.progress import frozen, missing, progress
from portal.models.definition.publishing import called
from portal.models.definition.shape import Definition, Value
from portal.models.items import Item
from portal.models.questionnaires import Answer, Questionnaire, QuestionnaireVersion


@lru_cache(maxsize=64)
def read_definition(text: str) -> Definition:
    """A published definition; they never change, so each is read once."""
    return parse(text)


def published() -> list[tuple[str, QuestionnaireVersion]]:
    """What the firm can ask with: the latest version of every questionnaire that is not archived, by name."""
    latest = select(func.max(QuestionnaireVersion.n)).where(QuestionnaireVersion.questionnaire_id == Questionnaire.id)
    query = select(Questionnaire.name, QuestionnaireVersion).join(
        QuestionnaireVersion, QuestionnaireVersion.questionnaire_id == Questionnaire.id
    )
    own = Questionnaire.template_id.is_(None)
    query = query.where(
        own, Questionnaire.archived_at.is_(None), QuestionnaireVersion.n == latest.correlate(Questionnaire).scalar_subquery()
    )
    rows = db.session.execute(query.order_by(func.lower(Questionnaire.name), Questionnaire.id))
    return [(name, version) for name, version in rows]


def definition_of(item: Item) -> Definition:
    """What an item asks."""
    if item.questionnaire_version_id is None:
        return Definition()
    return read_definition(db.session.get_one(QuestionnaireVersion, item.questionnaire_version_id).definition)


def answer_rows(item_id: UUID) -> dict[str, Answer]:
    """What stands as answers, by question key."""
    rows = db.session.scalars(select(Answer).where(Answer.item_id == item_id, Answer.row_key == ""))
    return {row.question_key: row for row in rows}


def answers_of(item_id: UUID) -> dict[str, Value | None]:
    """The values of all answers, by question key; hidden ones are there too."""
    return {key: cast("Value | None", row.value) for key, row in answer_rows(item_id).items()}


class Questionnaires:
    """The rules of questionnaire items."""

    def missing(self, item: Item) -> list[Missing]:
        """Every shown question that must be answered and is not; `place` is the number of its section."""
        definition = definition_of(item)
        language = _language(item)
        gaps = missing(definition, answers_of(item.id))
        asked = ((number, definition.question(key)) for number, key in gaps)
        return [
            Missing(N_("%(question)s is not answered yet."), {"question": called(question, language)}, place=str(number), part=question.key)
            for number, question in asked
            if question
        ]

    def freeze(self, item: Item) -> dict[str, object]:
        """The shown questions and their answers; what is hidden is kept but not sent."""
        told = frozen(definition_of(item), answers_of(item.id), language=_language(item))
        return told | {"kind": item.kind.value, "item": str(item.id)}

    def count(self, item: Item) -> tuple[int, int]:
        """How many questions have an answer, of how many shown."""
        here = progress(definition_of(item), answers_of(item.id))
        return here.answered, here.total


def _language(item: Item) -> str:
    return db.session.get_one(Client, item.client_id).language
