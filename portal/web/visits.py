"""What happened since somebody's last visit to a project. A visit ends with two hours away; a mark, not an event, as in `seen.py`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import select, update

from portal.kernel.action import marking
from portal.kernel.clock import now
from portal.kernel.db import db, insert_or_ignore
from portal.kernel.record import Event, Kind
from portal.kernel.viewer import Viewer
from portal.models.marks import Seen

AWAY, EVERY, MOST = timedelta(hours=2), timedelta(minutes=5), 30
VISIT = "visit"
TOLD = (
    Kind.ITEM_SENT,
    Kind.ITEM_OPENED,
    Kind.ITEM_ACCEPTED,
    Kind.ITEM_SENT_BACK,
    Kind.ITEM_HANDED_OVER,
    Kind.VERSION_PRESENTED,
    Kind.DECISION_MADE,
    Kind.SNAG_SETTLED,
    Kind.FILES_GIVEN,
    Kind.UPDATE_SENT,
    Kind.CALL_FIXED,
    Kind.CALL_SUMMED,
)


@dataclass(frozen=True)
class Happened:
    """One thing that happened meanwhile."""

    kind: str
    at: datetime
    item_id: UUID | None


@dataclass(frozen=True)
class Since:
    """When somebody was here last, and what others did since, the newest first."""

    at: datetime
    things: Sequence[Happened]


def since_last(project_id: UUID, viewer: Viewer, *, items: Collection[UUID]) -> Since | None:
    """What happened since the visit before this one, in one read, and a mark that they are here now; None on the first visit.

    `items` are those the viewer sees: of others nothing is told, and guests are told of nothing else. Whoever looks through somebody's
    eyes leaves no mark."""
    moment = now()
    began = sa.case((Seen.last_at < moment - AWAY, Seen.last_at), else_=Seen.first_at)
    news = sa.and_(
        Event.project_id == Seen.object_id,
        Event.at > began,
        Event.kind.in_([kind.value for kind in TOLD]),
        sa.or_(Event.actor_id.is_(None), Event.actor_id != viewer.person_id),
    )
    mine = (Seen.person_id == viewer.person_id, Seen.kind == VISIT, Seen.object_id == project_id)
    query = select(Seen.first_at, Seen.last_at, Event).outerjoin(Event, news).where(*mine)
    rows = db.session.execute(query.order_by(Event.at.desc(), Event.seq.desc()).limit(MOST)).all()
    last = (rows[0][0], rows[0][1]) if rows else None
    if viewer.is_client and viewer.seen_as is None and viewer.person_id and (last is None or moment - last[1] >= EVERY):
        _mark(viewer.person_id, project_id, last, moment)
    if last is None:
        return None
    at = last[1] if last[1] < moment - AWAY else last[0]
    events = cast("list[Event | None]", [row[2] for row in rows])  # the mark alone comes with none
    told = [Happened(event.kind, event.at, event.item_id) for event in events if event]
    return Since(at, [one for one in told if one.item_id in items or (one.item_id is None and not viewer.guest_of)])


def _mark(person_id: UUID, project_id: UUID, last: tuple[datetime, datetime] | None, moment: datetime) -> None:
    with marking() as marks:
        if last is None:
            values = {"person_id": person_id, "kind": VISIT, "object_id": project_id, "first_at": moment, "last_at": moment}
            insert_or_ignore(Seen, values, session=marks)
            return
        mine = (Seen.person_id == person_id, Seen.kind == VISIT, Seen.object_id == project_id, Seen.last_at == last[1])
        began = {"first_at": last[1]} if last[1] < moment - AWAY else {}
        marks.execute(update(Seen).where(*mine).values(last_at=moment, **began))
