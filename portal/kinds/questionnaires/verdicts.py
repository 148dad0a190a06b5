"""What was said of single answers, and which of them are open again because of it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import acting_as, db
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import SYSTEM
from portal.kinds import reading
from portal.models.deliveries import HandOver, Verdict
from portal.models.item_states import WITH_CLIENT
from portal.models.items import Item
from portal.models.questionnaires import AnswerVerdict, Reply, Said

Frozen = dict[str, object]
CLOSED = N_("We have accepted this answer, so it stays as it is. Write to us if something is wrong with it.")


@dataclass(frozen=True)
class Again:
    """What is open again after a round: the questions that were named, and any that was not part of that round."""

    keys: frozenset[str]
    sent: frozenset[str]
    said: Mapping[str, AnswerVerdict] = field(default_factory=dict)

    def is_open(self, key: str) -> bool:
        """Whether the client may answer this question now."""
        return key in self.keys or key not in self.sent

    def is_settled(self, key: str) -> bool:
        """Whether an answer stays as it is, because it was accepted or because the client said that ours is right."""
        verdict = self.said.get(key)
        return not self.is_open(key) or bool(verdict and verdict.reply is Reply.CONFIRMED)

    def reason(self, key: str) -> str:
        """Why an answer was asked for again, if it was."""
        verdict = self.said.get(key)
        return verdict.reason if verdict and verdict.said is Said.ASKED_AGAIN else ""

    @property
    def unconfirmed(self) -> list[str]:
        """The questions for which we proposed an answer and the client has not said whether it is right."""
        return [key for key, verdict in self.said.items() if verdict.said is Said.CORRECTED and verdict.reply is None]


def one_by_one(item: Item) -> bool:
    """Whether the firm looks at this questionnaire answer by answer."""
    return item.spec.get("one_by_one", True) is not False


def said_of(item_id: UUID, round_: int) -> dict[str, AnswerVerdict]:
    """What was said of the answers of one round, by question."""
    here = (AnswerVerdict.item_id == item_id, AnswerVerdict.round == round_)
    return {row.question_key: row for row in db.session.scalars(select(AnswerVerdict).where(*here).order_by(AnswerVerdict.question_key))}


def said_by_round(item_ids: Collection[UUID]) -> dict[tuple[UUID, int], dict[str, AnswerVerdict]]:
    """What was said of the answers of several items, by item and round, then by question."""
    found: dict[tuple[UUID, int], dict[str, AnswerVerdict]] = {}
    rows = db.session.scalars(select(AnswerVerdict).where(AnswerVerdict.item_id.in_(item_ids))) if item_ids else ()
    for row in rows:
        found.setdefault((row.item_id, row.round), {})[row.question_key] = row
    return found


def asks(said: Mapping[str, AnswerVerdict]) -> dict[str, AnswerVerdict]:
    """Those verdicts the client has to do something about."""
    return {key: verdict for key, verdict in said.items() if verdict.said is not Said.ACCEPTED}


def frozen_answers(handed: HandOver | None) -> dict[str, Frozen]:
    """The answers of a hand-over, by question."""
    content = json.loads(handed.content) if handed else {}
    return {str(answer["key"]): answer for section in content.get("sections", ()) for answer in section["answers"]}


def again_in(handed: HandOver | None) -> list[str] | None:
    """Which questions a hand-over was about when it was only about some; None when about all."""
    content = json.loads(handed.content) if handed else {}
    return cast("list[str] | None", content.get("again"))


def again_of(item: Item) -> Again | None:
    """What is open again for the client since the last round; None when everything is."""
    last = item.round if item.state in WITH_CLIENT else item.round - 1
    handed = reading.hand_over(item.id, last) if last > 0 else None
    if handed is None:
        return None
    sent = frozenset(frozen_answers(handed))
    if handed.taken_back_at:
        keys = again_in(handed)
        return None if keys is None else Again(frozenset(keys), sent, asks(said_of(item.id, last - 1)))
    said = asks(said_of(item.id, last)) if handed.verdict is Verdict.RETURNED else {}
    return Again(frozenset(said), sent, said) if said else None


def need_open(item: Item, key: str) -> None:
    """Refuse to change an answer that was accepted while others are open again."""
    with acting_as(SYSTEM):  # who was asked for a part sees no hand-over, and what was accepted is closed to them too
        again = again_of(item)
    if again is not None and again.is_settled(key):
        raise Refused(CLOSED, field=key)
