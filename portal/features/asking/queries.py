"""Reads for asking: who speaks for a client, and who is named for an item."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kinds import inviting
from portal.models.items import ItemPerson, Part
from portal.models.people import Person


def speakers(client_id: UUID) -> list[Person]:
    """Everybody who speaks for a client, by name."""
    ids = [row.person_id for row in inviting.contacts_of(client_id)]
    return list(db.session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.name)))


def named_ids(item_id: UUID) -> list[UUID]:
    """The people named for an item, whatever their part; those who only help are not."""
    named = (ItemPerson.item_id == item_id, ItemPerson.part != Part.HELP, ItemPerson.ended_at.is_(None))
    return list(db.session.scalars(select(ItemPerson.person_id).where(*named).order_by(ItemPerson.position)))
