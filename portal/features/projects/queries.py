"""Reads about milestones: what hangs on them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, or_, select

from portal.kernel.db import db
from portal.models.items import Item


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
