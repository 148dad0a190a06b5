"""Reads about silence."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kernel.refusal import NotFound
from portal.models.approvals import ApprovalVersion, Choice, Decision
from portal.models.items import Item
from portal.models.projects import Project


def deemed_on(item_id: UUID) -> Decision:
    """What silence decided on an item, the newest; raises NotFound."""
    mine = (Decision.item_id == item_id, Decision.choice == Choice.DEEMED)
    found = db.session.scalars(select(Decision).where(*mine).order_by(Decision.at.desc()).limit(1)).first()
    if found is None:
        raise NotFound
    return found


def version_of(item: Item, version_id: UUID) -> ApprovalVersion | None:
    """A version of an item."""
    return db.session.scalar(select(ApprovalVersion).where(ApprovalVersion.id == version_id, ApprovalVersion.item_id == item.id))


def lead_of(item: Item) -> UUID:
    """Who leads the project of an item."""
    return db.session.scalars(select(Project.lead_id).where(Project.id == item.project_id)).one()
