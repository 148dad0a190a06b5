"""Reads about an agreement: what both sides' pages show, and who hears of wishes."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kinds import reading
from portal.kinds.agreed.standing import agreed_of
from portal.kinds.approvals import kind as approvals
from portal.kinds.approvals.seats import deciders_of
from portal.models.clients import Client, Membership
from portal.models.items import Item
from portal.models.projects import Project


def page_of(project: Project, client: Client) -> dict[str, object]:
    """Everything both sides' pages show."""
    items = reading.items_of(project.id)
    agreed = agreed_of(items, reading.milestones_of(project.id), client.calendar)
    counted = approvals.rounds_in(items, agreed.rounds)
    return {"project": project, "client": client, "agreed": agreed, "counted": counted}


def hear_of(item: Item) -> list[UUID]:
    """Who of the client hears what became of a wish: whoever had it, and those who decide."""
    asker = str(item.spec.get("asked_by", ""))
    here = (Membership.client_id == item.client_id, Membership.ended_at.is_(None))
    mine = [person_id for person_id in db.session.scalars(select(Membership.person_id).where(*here)) if str(person_id) == asker]
    return list(dict.fromkeys([*mine, *(person.id for person in deciders_of(item))]))
