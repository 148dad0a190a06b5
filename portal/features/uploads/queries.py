"""Reads about files on their way."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kernel.viewer import Viewer
from portal.kinds.incoming import sent_to
from portal.kinds.landing import Landing
from portal.models.files import Incoming, Upload


def arrivals(to: Landing, ids: Sequence[str], *, by: Viewer) -> list[tuple[Incoming, Upload | None]]:
    """How far files of this person are that they sent there, with their rows where they have arrived."""
    asked = [UUID(one) for one in ids if _is_id(one)]
    mine = (*sent_to(to.bound, by=by), Incoming.id.in_(asked), Incoming.fingerprint != "")
    query = select(Incoming, Upload).outerjoin(Upload, Upload.id == Incoming.upload_id).where(*mine).order_by(Incoming.created_at)
    return [(row, upload) for row, upload in db.session.execute(query)]


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
