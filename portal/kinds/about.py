"""What a notice or a letter is about: its item, and who leads the project of that."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kernel.record import Fact
from portal.models.items import Item
from portal.models.projects import Project


def item_of(fact: Fact) -> Item:
    """The item that something was recorded on."""
    if not isinstance(fact.thing, Item):
        raise TypeError(f"{fact.kind} is recorded on its item")
    return fact.thing


def item_in(facts: Mapping[str, object]) -> Item | None:
    """The item that the facts of a letter name."""
    return db.session.scalar(select(Item).where(Item.id == UUID(str(facts["item"]))))


def lead_of(item: Item) -> UUID:
    """Who leads the project of an item."""
    return db.session.scalars(select(Project.lead_id).where(Project.id == item.project_id)).one()
