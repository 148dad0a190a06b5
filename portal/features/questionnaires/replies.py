"""What clients say to answers we proposed: theirs stand until they say that ours are right, and come back when they want."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from portal.features.questionnaires import actions
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.record import Kind, record
from portal.kernel.refusal import Refused
from portal.kernel.viewer import Viewer
from portal.kinds import reading
from portal.kinds.questionnaires.kind import definition_of, given
from portal.kinds.questionnaires.proposals import proposed, row_changes
from portal.kinds.questionnaires.verdicts import again_of, frozen_answers
from portal.models.definition.publishing import called
from portal.models.definition.shape import Cells, Value
from portal.models.items import GONE, Item
from portal.models.questionnaires import Answer, AnswerRow, AnswerVerdict, Reply, Said, Source


@action
def reply(item: Item, key: str, said: Reply, *, by: Viewer) -> None:
    """Say that our proposal is right, or keep one's own answer."""
    actions.may_answer(item, key, by=by)
    again, question = again_of(item), definition_of(item).question(key)
    verdict = again.said.get(key) if again else None
    if verdict is None or question is None or verdict.said is not Said.CORRECTED:
        raise Refused(GONE)
    if verdict.reply is said:
        return
    if said is Reply.CONFIRMED:
        _take_over(item, key, verdict.ours, by=by)
    elif verdict.reply is Reply.CONFIRMED:
        verdict.reply = said  # open again, so that their own answer can come back
        _put_back(item, key, verdict, by=by)
    verdict.reply, verdict.reply_by, verdict.reply_at = said, by.person_id, now()
    kind = Kind.ANSWER_CONFIRMED if said is Reply.CONFIRMED else Kind.ANSWER_KEPT
    record(kind, item, by=by, question=key, round=verdict.round, detail={"name": called(question, "en")})


def _take_over(item: Item, key: str, ours: object, *, by: Viewer) -> None:
    """Make what we proposed the answer; of a table row by row, and rows we did not propose go."""
    changes = row_changes(ours)
    if not changes:
        _store(item, key, proposed(ours), source=Source.STAFF, by=by)
        return
    ours_or_none = {row.key: row.now for row in changes}
    for row in (*ours_or_none, *given(item.id).rows.get(key, {}).keys() - ours_or_none.keys()):
        _lay_row(item, key, row, ours_or_none.get(row), source=Source.STAFF, by=by)
    _line_up(item, key, {row.key: row.new_place for row in changes})


def _put_back(item: Item, key: str, verdict: AnswerVerdict, *, by: Viewer) -> None:
    """Make the answer again what they had written when we proposed another."""
    changes = row_changes(verdict.ours)
    for row in changes:
        _lay_row(item, key, row.key, row.was, source=Source.TYPED, by=by)
    _line_up(item, key, {row.key: row.place for row in changes})
    if not changes:
        own = frozen_answers(reading.hand_over(item.id, verdict.round)).get(key, {}).get("value")
        _store(item, key, cast("Value | None", own), source=Source.TYPED, by=by)


def _lay_row(item: Item, key: str, row: str, cells: Cells | None, *, source: Source, by: Viewer) -> None:
    """Put a row into a table as it is to be, or take it out; what was typed into it is kept aside."""
    if cells is None:
        actions.remove_row(item, key, row, by=by)
        return
    _store(item, key, cells, row=row, source=source, by=by)
    actions.begin_row(item, key, row)


def _line_up(item: Item, key: str, places: Mapping[str, int]) -> None:
    """Put rows in this order."""
    for row, place in places.items():
        there = db.session.get(AnswerRow, (item.id, key, row))
        if there is not None:
            there.position = place


def _store(item: Item, key: str, value: Value | None, *, row: str = "", source: Source, by: Viewer) -> None:
    standing = db.session.get(Answer, (item.id, key, row))
    actions.store(item, key, value, standing, row=row, rev=standing.rev if standing else 0, source=source, by=by)
