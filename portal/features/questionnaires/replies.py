"""What clients say to answers we proposed: theirs stand until they say that ours are right, and come back when they want."""

from __future__ import annotations

from typing import cast

from portal.features.questionnaires import actions
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.record import Kind, record
from portal.kernel.refusal import Refused
from portal.kernel.viewer import Viewer
from portal.kinds import reading
from portal.kinds.questionnaires import answer_rows, definition_of
from portal.kinds.verdicts import again_of, frozen_answers
from portal.models.definition.publishing import called
from portal.models.definition.shape import Value
from portal.models.items import GONE, Item
from portal.models.questionnaires import Reply, Said, Source


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
    standing = answer_rows(item.id).get(key)
    rev = standing.rev if standing else 0
    if said is Reply.CONFIRMED:
        actions.store(item, key, cast("Value", verdict.ours), standing, rev=rev, source=Source.STAFF, by=by)
    elif verdict.reply is Reply.CONFIRMED:
        verdict.reply = said  # open again, so that their own answer can come back
        own = frozen_answers(reading.hand_over(item.id, verdict.round)).get(key, {}).get("value")
        actions.store(item, key, cast("Value | None", own), standing, rev=rev, by=by)
    verdict.reply, verdict.reply_by, verdict.reply_at = said, by.person_id, now()
    kind = Kind.ANSWER_CONFIRMED if said is Reply.CONFIRMED else Kind.ANSWER_KEPT
    record(kind, item, by=by, question=key, round=verdict.round, detail={"name": called(question, "en")})
