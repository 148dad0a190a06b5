"""Reads about calls."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kernel.refusal import NotFound
from portal.models.calls import Call
from portal.models.clients import Membership
from portal.models.items import Item
from portal.models.people import Person


def contact(client_id: UUID, person_id: UUID) -> tuple[Membership, Person]:
    """Somebody who speaks for a client, or did; raises NotFound."""
    query = select(Membership, Person).join(Person, Person.id == Membership.person_id)
    row = db.session.execute(query.where(Membership.client_id == client_id, Membership.person_id == person_id)).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


def item_of(call: Call) -> Item | None:
    """The item a call is asked about."""
    return db.session.scalar(select(Item).where(Item.id == call.item_id)) if call.item_id else None
