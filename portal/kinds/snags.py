"""What is in the client's way: they say it in a sentence, the item waits for us, and our answer gives it back to them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid4

from sqlalchemy import select

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds import reading
from portal.kinds.silence import running
from portal.models import may
from portal.models.calls import Call
from portal.models.item_states import WITH_CLIENT
from portal.models.items import GONE, Item
from portal.models.silence import Ending
from portal.models.snags import Snag


def open_of(item: Item) -> Snag | None:
    """What is in the way of an item and not answered yet."""
    if not item.stuck:
        return None
    mine = (Snag.item_id == item.id, Snag.ended_at.is_(None))
    return db.session.scalar(select(Snag).where(*mine).order_by(Snag.at.desc(), Snag.id).limit(1))


def open_among(items: Iterable[Item]) -> Iterable[Snag]:
    """What is in the way of these items and not answered yet; costs nothing where nothing is."""
    stuck = [item.id for item in items if item.stuck]
    return db.session.scalars(select(Snag).where(Snag.item_id.in_(stuck), Snag.ended_at.is_(None))) if stuck else ()


def can_tell(viewer: Viewer, item: Item) -> bool:
    """Whether the viewer may say here what is in the way: whoever works on the item, or decides it."""
    is_theirs = reading.can_decide(viewer, item) if item.kind.is_decision else reading.can_work(viewer, item)
    return is_theirs and item.state in WITH_CLIENT


@action
def tell(item: Item, words: str, *, by: Viewer) -> Snag:
    """Note what is in the way; the ball is ours until we have answered."""
    take(item, by=by)
    if open_of(item):
        raise Refused(N_("You have told us already that something is in the way. We answer as soon as we can."))
    said = words.strip()
    if not said:
        raise Refused(N_("Tell us in a sentence what is in the way."), field="words", status=422)
    snag = Snag(id=uuid4(), client_id=item.client_id, item_id=item.id, person_id=by.person_id, words=said, at=now())
    db.session.add(snag)
    record(Kind.SNAG_TOLD, item, by=by, snag=snag.id, detail={"words": said})
    return snag


def take(item: Item, *, by: Viewer) -> None:
    """Let an item wait for us, because the client asked something of us first; silence does not run on. Called inside an action."""
    require(reading.can_decide(by, item) if item.kind.is_decision else reading.can_work(by, item))
    reading.need_running(item)
    if item.state not in WITH_CLIENT:
        raise Refused(N_("This is not waiting for you any more."))
    item.be_stuck(True, at=now())
    running.interrupt(item, Ending.ACTIVITY, by=by)


@action
def answer(item: Item, words: str, *, by: Viewer) -> None:
    """Answer what is in the way, in words the client reads; the ball is theirs again."""
    require(may.run_clients(by))
    if not words.strip():
        raise Refused(N_("Write one sentence, so that the client knows how it goes on."), field="words", status=422)
    _end(item, words.strip(), by=by)


@action
def take_back(item: Item, *, by: Viewer) -> None:
    """Say that nothing is in the way any more."""
    require(can_tell(by, item))
    _end(item, "", by=by)


def let_go(item: Item) -> None:
    """Give an item back once nothing is asked of us first: no snag is open, and no call about it. Called inside an action."""
    db.session.flush()
    calls = select(Call.id).where(Call.item_id == item.id, Call.ended_at.is_(None)).limit(1)
    if open_of(item) is None and db.session.scalar(calls) is None:
        item.be_stuck(False, at=now())


def _end(item: Item, words: str, *, by: Viewer) -> None:
    snag = open_of(item)
    if snag is None:
        raise Refused(GONE)
    snag.end(words, by_id=by.person_id, at=now())
    let_go(item)
    record(Kind.SNAG_SETTLED, item, by=by, snag=snag.id, answered=bool(words), detail={"words": words})
