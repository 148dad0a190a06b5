"""Reads about files on their way."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from portal.kernel.db import db, read_id
from portal.kernel.viewer import Viewer
from portal.kinds.files.incoming import sent_to
from portal.kinds.files.landing import Landing
from portal.models.files import Incoming, Upload


def arrivals(to: Landing, ids: Sequence[str], *, by: Viewer) -> list[tuple[Incoming, Upload | None]]:
    """How far files of this person are that they sent there, with their rows where they have arrived."""
    asked = [found for one in ids if (found := read_id(one))]
    mine = (*sent_to(to.bound, by=by), Incoming.id.in_(asked), Incoming.fingerprint != "")
    query = select(Incoming, Upload).outerjoin(Upload, Upload.id == Incoming.upload_id).where(*mine).order_by(Incoming.created_at)
    return [(row, upload) for row, upload in db.session.execute(query)]
