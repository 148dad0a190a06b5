"""What the same client answered before to the same question: offered with its date, taken over only when somebody says so."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import cast
from uuid import UUID

from sqlalchemy import select

from portal.features.questionnaires import actions
from portal.kernel.action import action
from portal.kernel.db import db
from portal.kernel.record import Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Role, Viewer
from portal.kinds.questionnaires.kind import definition_of, given, read_definition
from portal.kinds.questionnaires.verdicts import asks, frozen_answers, said_by_round
from portal.models.definition.answering import Wrong, as_typed, read, read_row, row_as_typed
from portal.models.definition.groups import MOST_ROWS
from portal.models.definition.rules import visible
from portal.models.definition.shape import Cells, Definition, Question, Type, Value
from portal.models.deliveries import HandOver, Verdict
from portal.models.item_states import WITH_CLIENT
from portal.models.items import Item
from portal.models.questionnaires import Answer, QuestionnaireVersion, Source

MOST_LOOKED_AT = 20
NEVER = frozenset({Type.NOTE, Type.SECRET, Type.AGREE, Type.FILE})  # sealed, to be said anew, or bound to their item
GONE = N_("This earlier answer is not there any more. Please answer anew.")


@dataclass(frozen=True)
class Earlier:
    """An answer the client sent before: what it was, when, and for what."""

    value: Value
    at: datetime
    item: Item


def earlier_of(item: Item, *, by: Viewer) -> dict[str, Earlier]:
    """What can be offered to this person, by question: the latest of each that was sent and not asked for again.

    Guests are offered nothing: they see what they were given and no more."""
    sees_all = by.role_for(item.client_id) is not Role.GUEST and by.limits(item.id) is None
    if item.state not in WITH_CLIENT or item.questionnaire_version_id is None or not sees_all:
        return {}
    definition, mine = definition_of(item), db.session.get_one(QuestionnaireVersion, item.questionnaire_version_id)
    if not any(question.type not in NEVER for question in definition.questions):
        return {}
    found: dict[str, Earlier] = {}
    for handed, before, version, asked in _hand_overs(item):
        answers = frozen_answers(handed)
        then = read_definition(version.definition)
        for question in definition.questions:
            twin = _twin(question, then, same=version.questionnaire_id == mine.questionnaire_id)
            told = answers.get(twin.key, {}).get("value") if twin and twin.key not in asked else None
            if told and question.key not in found and question.type not in NEVER and _fits(question, cast("Value", told)):
                found[question.key] = Earlier(cast("Value", told), handed.at, before)
    return found


@action
def take(item: Item, keys: Collection[str], *, by: Viewer) -> int:
    """Take earlier answers over into questions that have none; how many. An answer that is there is never touched."""
    actions.may_answer(item, *keys, by=by)
    offered, here = earlier_of(item, by=by), given(item.id)
    wanted = [key for key in dict.fromkeys(keys) if key in offered and not here.values.get(key)]
    if not wanted:
        raise Refused(GONE)
    for key in wanted:
        _take(item, key, offered[key].value, here.answers.get(key), by=by)
    record(Kind.ANSWER_PREFILLED, item, by=by, count=len(wanted))
    return len(wanted)


def _take(item: Item, key: str, value: Value, standing: Answer | None, *, by: Viewer) -> None:
    """Make an earlier answer the answer; of a table each row."""
    for cells in _table_rows(value):
        row = token_hex(5)
        actions.store(item, key, cells, None, row=row, rev=0, source=Source.PREFILLED, by=by)
        actions.begin_row(item, key, row)
    if not _table_rows(value):
        actions.store(item, key, value, standing, rev=standing.rev if standing else 0, source=Source.PREFILLED, by=by)


def _table_rows(value: Value) -> list[Cells]:
    """The rows of an answer to a table; none of any other."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def open_offers(item: Item, values: Mapping[str, Value | None], *, by: Viewer) -> dict[str, Earlier]:
    """What can be offered for questions that are shown and have no answer yet."""
    shown = visible(definition_of(item), values)
    if all(values.get(key) for key in shown):
        return {}
    return {key: earlier for key, earlier in earlier_of(item, by=by).items() if not values.get(key)}


def _hand_overs(item: Item) -> Iterator[tuple[HandOver, Item, QuestionnaireVersion, set[str]]]:
    """What the client sent for other questionnaires, the latest first, once each, with the answers we asked for again."""
    query = select(HandOver, Item, QuestionnaireVersion).join(Item, Item.id == HandOver.item_id)
    query = query.join(QuestionnaireVersion, QuestionnaireVersion.id == Item.questionnaire_version_id)
    query = query.where(HandOver.client_id == item.client_id, HandOver.item_id != item.id, HandOver.taken_back_at.is_(None))
    latest: dict[UUID, tuple[HandOver, Item, QuestionnaireVersion]] = {}
    for handed, before, version in db.session.execute(query.order_by(HandOver.at.desc()).limit(MOST_LOOKED_AT)):
        latest.setdefault(before.id, (handed, before, version))
    said = said_by_round(latest)
    for handed, before, version in latest.values():
        asked = asks(said.get((handed.item_id, handed.round), {}))
        if handed.verdict is not Verdict.RETURNED or asked:
            yield handed, before, version, set(asked)


def _twin(question: Question, then: Definition, *, same: bool) -> Question | None:
    """The same question in an earlier questionnaire: the one with its key there, or any that was marked as the same."""
    own = then.question(question.key) if same else None
    marked = (one for one in then.questions if question.prefill_key and one.prefill_key == question.prefill_key)
    twin = own or next(marked, None)
    return twin if twin and twin.type is question.type else None


def _fits(question: Question, value: Value) -> bool:
    """Whether an earlier answer can be given to the question as it is now."""
    try:
        if question.type is Type.TABLE:
            rows = _table_rows(value)
            return len(rows) <= int(question.limits.max or MOST_ROWS) and all(_row_fits(question, row) for row in rows)
        return read(question, as_typed(question, value)) == value
    except Wrong:
        return False


def _row_fits(table: Question, row: Cells) -> bool:
    said = [f"{column}={text}" for column, text in row_as_typed(table, row, language="en").items()]
    return read_row(table, said, language="en") == row
