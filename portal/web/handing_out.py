"""Handing out a file: always as an attachment, with every name intact, and with a mark of who fetched it."""

from __future__ import annotations

from uuid import uuid4

from flask import Response
from sqlalchemy import insert

from portal.kernel.action import marking
from portal.kernel.clock import now
from portal.kernel.refusal import NotFound
from portal.kernel.viewer import Viewer
from portal.kinds.files import is_withdrawn
from portal.models.files import Download, Scan, Upload
from portal.storage import NoSuchKey, chunks
from portal.storage.current import store
from portal.storage.names import content_disposition

SAFE_TYPES = frozenset(
    {"application/pdf", "image/jpeg", "image/png", "image/gif", "image/webp", "text/plain", "text/csv", "video/mp4", "audio/mpeg"}
)


def hand_out(upload: Upload, *, by: Viewer) -> Response:
    """The bytes of an upload the viewer has found behind their door."""
    if upload.purged_at or upload.scan in (Scan.WAITING, Scan.INFECTED) or is_withdrawn(upload):
        raise NotFound
    try:
        stream = store().open(upload.key)
    except NoSuchKey:
        raise NotFound from None
    _mark(upload, by=by)
    response = Response(chunks(stream), mimetype=upload.type if upload.type in SAFE_TYPES else "application/octet-stream")
    response.content_length = upload.bytes
    response.headers["Content-Disposition"] = content_disposition(upload.name)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _mark(upload: Upload, *, by: Viewer) -> None:
    if by.seen_as or by.person_id is None:
        return
    with marking() as marks:
        row = {"id": uuid4(), "client_id": upload.client_id, "upload_id": upload.id, "person_id": by.person_id, "at": now()}
        marks.execute(insert(Download).values(**row))
