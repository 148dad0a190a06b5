"""What a dossier would hold, in numbers, as the client sees it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from portal.kernel.db import db
from portal.kinds.files.shelf import changed_hands
from portal.models.approvals import Decision
from portal.models.deliveries import HandOver
from portal.models.files import Upload
from portal.models.item_states import ItemState
from portal.models.items import Item


@dataclass(frozen=True)
class Inside:
    """How many of what."""

    decisions: int
    deliveries: int
    files: int
    bytes: int


def inside(project_id: UUID) -> Inside:
    """What is in it, counted in three reads."""
    mine = (Item.project_id == project_id, Item.state != ItemState.DRAFT)
    decided = select(func.count(Decision.id)).join(Item, Item.id == Decision.item_id).where(*mine, Decision.taken_back_at.is_(None))
    sent = select(func.count(HandOver.id)).join(Item, Item.id == HandOver.item_id).where(*mine, HandOver.taken_back_at.is_(None))
    there = (Upload.project_id == project_id, Upload.removed_at.is_(None), changed_hands())
    sizes = select(func.count(Upload.id), func.coalesce(func.sum(Upload.bytes), 0)).where(*there)
    files, weight = db.session.execute(sizes).one()
    return Inside(db.session.scalar(decided) or 0, db.session.scalar(sent) or 0, files, int(weight))
