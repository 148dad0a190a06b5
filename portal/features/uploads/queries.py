"""Reads about files on their way."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kernel.viewer import Viewer
from portal.models.files import Incoming, Upload
from portal.models.items import Item


def arrivals(item: Item, ids: Sequence[str], *, by: Viewer) -> list[tuple[Incoming, Upload | None]]:
    """How far files of this person are that they sent for an item, with their rows where they have arrived."""
    asked = [UUID(one) for one in ids if _is_id(one)]
    mine = (Incoming.item_id == item.id, Incoming.person_id == by.person_id, Incoming.id.in_(asked), Incoming.fingerprint != "")
    query = select(Incoming, Upload).outerjoin(Upload, Upload.id == Incoming.upload_id).where(*mine).order_by(Incoming.created_at)
    return [(row, upload) for row, upload in db.session.execute(query)]


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
