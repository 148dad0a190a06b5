"""Reads about projects and their milestones."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, or_, select

from portal.kernel.db import db
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Milestone


def staff() -> list[Person]:
    """Everybody who can lead work, by name."""
    return list(
        db.session.scalars(select(Person).where(Person.staff_role.is_not(None), Person.disabled_at.is_(None)).order_by(Person.name))
    )


def milestones(project_id: UUID) -> list[Milestone]:
    """The milestones of a project in order."""
    return list(db.session.scalars(select(Milestone).where(Milestone.project_id == project_id).order_by(Milestone.position, Milestone.id)))


def hanging_on(project_id: UUID) -> dict[UUID, int]:
    """How many items belong to each milestone of a project or hold it up."""
    counts: dict[UUID, int] = {}
    for column in (Item.milestone_id, Item.holds_up_id):
        query = select(column, func.count()).where(Item.project_id == project_id, column.is_not(None)).group_by(column)
        for milestone_id, count in db.session.execute(query):
            if milestone_id:
                counts[milestone_id] = counts.get(milestone_id, 0) + count
    return counts


def hangs_on(milestone_id: UUID) -> bool:
    """Whether any item belongs to a milestone or holds it up."""
    query = select(Item.id).where(or_(Item.milestone_id == milestone_id, Item.holds_up_id == milestone_id)).limit(1)
    return db.session.scalar(query) is not None
