"""The life of an item, whatever its kind: sending, handing over, judging, and every way back. The rules lie in the item's own verbs."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import func, select

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.evidence import canonical, fingerprint
from portal.kernel.policy import require
from portal.kernel.record import Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds import reading, rules_of
from portal.kinds.approvals.kind import awaits_answer
from portal.kinds.plans import opening
from portal.models import may
from portal.models.clients import Client
from portal.models.deliveries import Delivery, HandOver, Verdict
from portal.models.item_states import ItemState
from portal.models.items import GONE, Item


@action
def send(item: Item, *, by: Viewer, closed: bool | None = None) -> None:
    """Put a draft on the client's list, closed while it waits for others; whoever sends many has looked that up already."""
    require(may.run_clients(by))
    item.send(closed=bool(opening.unmet([item])) if closed is None else closed, at=now())
    record(Kind.ITEM_SENT, item, by=by)


@action
def open_now(item: Item, *, by: Viewer) -> None:
    """Let the client do a closed item at once, whatever it waits for."""
    require(may.run_clients(by))
    item.open(at=now())
    record(Kind.ITEM_OPENED, item, by=by)


@action
def start(item: Item, *, by: Viewer) -> None:
    """Note that the client has begun, once."""
    before = item.state
    item.start(at=now())
    if item.state is not before:
        record(Kind.ITEM_STARTED, item, by=by)


@action
def hand_over(item: Item, *, by: Viewer, note: str = "") -> HandOver:
    """Send what is there: frozen, hashed, and from now on in the firm's court."""
    reading.need_worker(item, by=by)
    rules = rules_of(item.kind)
    moment = now()
    item.hand_over(at=moment)
    missing = [gap for gap in rules.missing(item) if not (gap.a_word_will_do and note)]
    if missing:
        raise missing[0].refused()
    content = canonical(rules.freeze(item) | {"round": item.round, "note": note})
    delivery = _open_delivery(item)
    handed = HandOver(
        id=uuid4(),
        client_id=item.client_id,
        item_id=item.id,
        round=item.round,
        delivery_id=delivery.id,
        by_id=by.person_id,
        at=moment,
        note=note,
        content=content,
        sha256=fingerprint("hand_over", content),
        reason="",
    )
    db.session.add(handed)
    if item.state is ItemState.ACCEPTED:
        handed.verdict, handed.verdict_at = Verdict.ACCEPTED, moment
    record(Kind.ITEM_HANDED_OVER, item, by=by, round=item.round, hash=handed.sha256, delivery=delivery.id)
    return handed


@action
def take_back(item: Item, *, by: Viewer) -> None:
    """Give the client their delivery back while nobody has judged it."""
    reading.need_worker(item, by=by)
    item.take_back(at=now())
    handed = reading.hand_over(item.id, item.round)
    if handed:
        handed.taken_back_at = now()
    record(Kind.ITEM_TAKEN_BACK, item, by=by, round=item.round)


@action
def accept(item: Item, *, by: Viewer, seen: int | None = None) -> None:
    """Say that what came in is fine. `seen` is the revision that was looked at: nobody judges what they have not seen."""
    require(may.run_clients(by))
    as_seen(item, seen)
    item.accept(at=now())
    _judge(item, Verdict.ACCEPTED, by=by)
    record(Kind.ITEM_ACCEPTED, item, by=by, round=item.round)


@action
def send_back(item: Item, reason: str, *, by: Viewer, seen: int | None = None) -> None:
    """Ask again, with a reason the client reads. `seen` as in `accept`."""
    require(may.run_clients(by))
    as_seen(item, seen)
    item.send_back(reason, by=by, at=now())
    _judge(item, Verdict.RETURNED, by=by, reason=reason.strip())
    record(Kind.ITEM_SENT_BACK, item, by=by, round=item.round, detail={"reason": reason.strip()})


@action
def not_available(item: Item, reason: str, *, by: Viewer) -> None:
    """Let the client say that they do not have this."""
    reading.need_worker(item, by=by)
    item.not_available(reason, by=by, at=now())
    record(Kind.ITEM_NOT_AVAILABLE, item, by=by, detail={"reason": reason.strip()})


@action
def insist(item: Item, reason: str, *, by: Viewer, seen: int | None = None) -> None:
    """Ask for it all the same. `seen` as in `accept`."""
    require(may.run_clients(by))
    as_seen(item, seen)
    item.insist(reason, by=by, at=now())
    record(Kind.ITEM_INSISTED, item, by=by, detail={"reason": reason.strip()})


@action
def waive(item: Item, *, by: Viewer, seen: int | None = None, reason: str = "") -> None:
    """Go on without it, perhaps with a reason the client reads. `seen` as in `accept`."""
    require(may.run_clients(by))
    as_seen(item, seen)
    handed = reading.hand_over(item.id, item.round) if item.state is ItemState.SENT else None
    item.waive(at=now())
    if reason.strip():
        item.reason, item.reason_by_id = reason.strip(), by.person_id
    record(Kind.ITEM_WAIVED, item, by=by, detail={"reason": item.reason} if reason.strip() else None)
    if handed:
        _lock_delivery(handed.delivery_id)
        db.session.flush()
        _finish(handed, by=by)


@action
def restore(item: Item, *, by: Viewer) -> None:
    """Ask for a waived item again; a decision goes back to the client only if one is still missing."""
    require(may.run_clients(by))
    item.restore(presented=item.kind.is_decision and awaits_answer(item), at=now())
    record(Kind.ITEM_RESTORED, item, by=by)


@action
def promise(item: Item, day: date, *, by: Viewer) -> None:
    """Note the day by which the client wants to send it."""
    reading.need_worker(item, by=by)
    client = db.session.get_one(Client, item.client_id)
    item.promise(day, today=client.calendar.today())
    record(Kind.ITEM_PROMISED, item, by=by, day=day)


MEANWHILE = {
    ItemState.SENT: N_("This was sent again in the meantime. Please look at what is there now."),
    ItemState.STARTED: N_("It has been taken back in the meantime, so there is nothing to judge."),
    ItemState.ACCEPTED: N_("Somebody else has accepted this in the meantime. You can still ask again."),
    ItemState.RETURNED: N_("Somebody else has asked again in the meantime."),
    ItemState.WAIVED: N_("Somebody else has decided to go on without this."),
}


def as_seen(item: Item, seen: int | None) -> None:
    """Refuse a verdict on something that has moved since the page was drawn."""
    if seen is not None and seen != item.rev:
        raise Refused(MEANWHILE.get(item.state, GONE))


def _judge(item: Item, verdict: Verdict, *, by: Viewer, reason: str = "") -> None:
    handed = reading.hand_over(item.id, item.round)
    if handed is None or handed.taken_back_at:
        raise Refused(N_("There is nothing to judge here any more."))
    _lock_delivery(handed.delivery_id)
    handed.verdict, handed.verdict_by, handed.verdict_at, handed.reason = verdict, by.person_id, now(), reason
    db.session.flush()
    _finish(handed, by=by)


def _lock_delivery(delivery_id: UUID) -> None:
    """Let two verdicts in one delivery follow each other, so that the second one sees that it is the last."""
    db.session.execute(select(Delivery.id).where(Delivery.id == delivery_id).with_for_update())


def _finish(handed: HandOver, *, by: Viewer) -> None:
    """Close the delivery when its last hand-over has a verdict."""
    still_open = select(func.count(HandOver.id)).join(Item, reading.unjudged()).where(HandOver.delivery_id == handed.delivery_id)
    if db.session.scalar(still_open):
        return
    delivery = db.session.get_one(Delivery, handed.delivery_id)
    if delivery.finished_at is None:
        delivery.finished_at, delivery.finished_by = now(), by.person_id
        record(Kind.DELIVERY_FINISHED, delivery, by=by, number=delivery.number)


def _open_delivery(item: Item) -> Delivery:
    """The delivery this project's things go into now; a new one, numbered on, when the last was finished."""
    mine = Delivery.project_id == item.project_id
    found = db.session.scalar(select(Delivery).where(mine, Delivery.finished_at.is_(None)).with_for_update())
    if found:
        found.last_at = now()
        return found
    number = (db.session.scalar(select(func.max(Delivery.number)).where(mine)) or 0) + 1
    new = Delivery(id=uuid4(), client_id=item.client_id, project_id=item.project_id, number=number, opened_at=now(), last_at=now())
    db.session.add(new)
    db.session.flush()
    return new
