"""Taking a verdict back, and mending its words, for as long as nothing has come of it."""

from __future__ import annotations

from sqlalchemy import and_, or_, select

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.outbox import Outbox, Stand
from portal.kernel.policy import require
from portal.kernel.record import Event, Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds import reading
from portal.kinds.life import as_seen
from portal.models import may
from portal.models.deliveries import Delivery, HandOver, Verdict
from portal.models.item_states import ItemState
from portal.models.items import GONE, UNDO_FOR, Item
from portal.models.marks import MailSent
from portal.models.questionnaires import AnswerChange, AnswerRow

ABOUT_VERDICTS = ("sent_back", "accepted")
ACTED = tuple(kind.value for kind in (Kind.FILE_ADDED, Kind.FILE_REMOVED, Kind.ITEM_PROMISED, Kind.ANSWER_CONFIRMED, Kind.ANSWER_KEPT))
VERDICTS = {ItemState.ACCEPTED: Verdict.ACCEPTED, ItemState.RETURNED: Verdict.RETURNED}
TOO_LATE = N_("It is too late to undo this: the delivery is finished, the email has left, or the client has gone on with it.")


def can_undo(item: Item, handed: HandOver | None) -> bool:
    """Whether a verdict can still be taken back: until the delivery is finished and ten seconds longer, and before anything came of it."""
    if handed is None or handed.verdict_by is None or handed.verdict_at is None or handed.round != item.round:
        return False
    if VERDICTS.get(item.state) is not handed.verdict or handed.verdict_at < item.state_since:
        return False
    return not _is_over(handed) and not _has_left(item, handed) and not _has_acted(item, handed)


@action
def undo(item: Item, *, by: Viewer, seen: int | None = None) -> None:
    """Let an item wait for a verdict again. `seen` is the revision that was looked at."""
    require(may.run_clients(by))
    as_seen(item, seen)
    handed = _undoable(item)
    kind = Kind.ITEM_ACCEPT_UNDONE if item.state is ItemState.ACCEPTED else Kind.ITEM_SEND_BACK_UNDONE
    item.undo_verdict(at=now())
    handed.verdict = handed.verdict_at = handed.verdict_by = None
    handed.reason = ""
    _reopen(handed)
    record(kind, item, by=by, round=item.round)


@action
def reword(item: Item, reason: str, *, by: Viewer, seen: int | None = None) -> None:
    """Write anew why we ask again, before the email leaves."""
    require(may.run_clients(by))
    as_seen(item, seen)
    handed = _undoable(item)
    item.reword(reason, by=by)
    handed.reason = item.reason
    record(Kind.ITEM_REASON_CHANGED, item, by=by, round=item.round, detail={"reason": item.reason})


def _undoable(item: Item) -> HandOver:
    handed = reading.hand_over(item.id, item.round)
    if handed is None or item.state not in VERDICTS:
        raise Refused(GONE)
    if not can_undo(item, handed):
        raise Refused(TOO_LATE)
    return handed


def _is_over(handed: HandOver) -> bool:
    delivery = reading.delivery(handed.delivery_id)
    if delivery is None or delivery.finished_at is None or handed.verdict_at is None:
        return False
    return now() - max(delivery.finished_at, handed.verdict_at) > UNDO_FOR


def _has_left(item: Item, handed: HandOver) -> bool:
    """Whether an email that tells of verdicts in this project has left since, or is leaving now."""
    mine = (MailSent.project_id == item.project_id, MailSent.kind.in_(ABOUT_VERDICTS), MailSent.at > handed.verdict_at)
    left = and_(Outbox.state == Stand.SENT, Outbox.sent_at > handed.verdict_at)
    going = (Outbox.project_id == item.project_id, Outbox.kind.in_(ABOUT_VERDICTS), or_(Outbox.state == Stand.LEASED, left))
    return bool(db.session.scalar(select(select(MailSent.message_id).where(*mine).exists() | select(Outbox.id).where(*going).exists())))


def _has_acted(item: Item, handed: HandOver) -> bool:
    """Whether the client has gone on with it since."""
    since = handed.verdict_at
    traces = (
        select(Event.seq).where(Event.item_id == item.id, Event.kind.in_(ACTED), Event.at > since),
        select(AnswerChange.rev).where(AnswerChange.item_id == item.id, AnswerChange.at > since),
        select(AnswerRow.position).where(AnswerRow.item_id == item.id, AnswerRow.removed_at > since),
    )
    return any(db.session.scalar(trace.limit(1)) is not None for trace in traces)


def _reopen(handed: HandOver) -> None:
    """Let the delivery go on; where a new one has begun meanwhile, what waits again joins it."""
    delivery = db.session.get_one(Delivery, handed.delivery_id)
    if delivery.finished_at is None:
        return
    other = db.session.scalar(select(Delivery).where(Delivery.project_id == delivery.project_id, Delivery.finished_at.is_(None)))
    if other:
        handed.delivery_id = other.id
        return
    delivery.finished_at = delivery.finished_by = None
