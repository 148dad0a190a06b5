"""Who hears of comments: the other side, once, half an hour after the last one. Nobody is told of internal ones."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from portal.kernel import outbox
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.notices import notice
from portal.kernel.outbox import Lane
from portal.kernel.record import Audience, Fact, Kind
from portal.kinds.about import item_of, lead_of
from portal.kinds.approvals import pins
from portal.kinds.approvals.seats import deciders_of
from portal.models.clients import Membership
from portal.models.files import FromSide
from portal.models.items import Item

IDLE = timedelta(minutes=30)


@notice(Kind.PIN_SET, Kind.PIN_ANSWERED)
def commented(fact: Fact) -> None:
    """Tell the other side."""
    if fact.audience is Audience.INTERNAL:
        return
    item = item_of(fact)
    for person_id in _others(item, fact):
        key = f"comments_made:{item.id}:{person_id}"
        since = outbox.waiting_facts(key).get("since") or now().isoformat()
        told: dict[str, object] = {"item": str(item.id), "since": since}
        outbox.post(
            "comments_made",
            lane=Lane.MESSAGE,
            person_id=person_id,
            facts=told,
            client_id=item.client_id,
            project_id=item.project_id,
            dedupe=key,
            wait=IDLE,
        )


def _others(item: Item, fact: Fact) -> list[UUID]:
    """The lead; or the contacts who commented here, and where none did those who decide."""
    if fact.by.is_client:
        return [lead_of(item)]
    spoke = {told.pin.by_id for told in pins.pins_of(item.id) if told.pin.side is FromSide.CLIENT}
    still_here = (Membership.client_id == item.client_id, Membership.ended_at.is_(None), Membership.person_id.in_(spoke))
    return list(db.session.scalars(select(Membership.person_id).where(*still_here))) or [person.id for person in deciders_of(item)]
