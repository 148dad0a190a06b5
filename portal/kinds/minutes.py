"""How long each item takes from here: as staff say, and a questionnaire as its questions do that are still open."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kinds.questionnaires.kind import Given, given_to, read_definition
from portal.kinds.questionnaires.verdicts import asks, said_by_round
from portal.models.definition.minutes import minutes_left, minutes_of
from portal.models.definition.shape import Definition
from portal.models.item_states import WITH_CLIENT
from portal.models.items import Item
from portal.models.questionnaires import AnswerVerdict, QuestionnaireVersion


def minutes(items: Collection[Item]) -> dict[UUID, int]:
    """About how many minutes each of these items takes now, by its id; the same few queries, however many there are."""
    asking = [item for item in items if item.questionnaire_version_id]
    definitions = _definitions({item.questionnaire_version_id for item in asking})
    answers = given_to([item.id for item in asking if item.state in WITH_CLIENT])
    said = said_by_round([item.id for item in asking if item.state in WITH_CLIENT and item.round])

    def of(item: Item) -> int:
        definition = definitions.get(item.questionnaire_version_id) if item.questionnaire_version_id else None
        if definition is None:
            return item.minutes
        return max(_of_questions(definition, answers.get(item.id, Given()), asks(said.get((item.id, item.round), {}))), 1)

    return {item.id: of(item) for item in items}


def _of_questions(definition: Definition, here: Given, said: Mapping[str, AnswerVerdict]) -> int:
    """What is left of a questionnaire; of one that came back for some answers, those that were not touched since."""
    if not said:
        return minutes_left(definition, here.values)
    waiting = {key for key, verdict in said.items() if verdict.reply is None and not here.changed_since(key, verdict.at)}
    return minutes_of(definition, here.values, waiting)


def _definitions(ids: Collection[UUID | None]) -> dict[UUID, Definition]:
    query = select(QuestionnaireVersion.id, QuestionnaireVersion.definition).where(QuestionnaireVersion.id.in_(ids))
    return {row.id: read_definition(row.definition) for row in db.session.execute(query)} if ids else {}
