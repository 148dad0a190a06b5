"""Reads about silence."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kernel.refusal import NotFound
from portal.models.approvals import Choice, Decision


def deemed_on(item_id: UUID) -> Decision:
    """What silence decided on an item, the newest; raises NotFound."""
    mine = (Decision.item_id == item_id, Decision.choice == Choice.DEEMED)
    found = db.session.scalars(select(Decision).where(*mine).order_by(Decision.at.desc()).limit(1)).first()
    if found is None:
        raise NotFound
    return found
