"""Handing out a file: always as an attachment, with every name intact, whole or from where it broke off, and with a mark of who fetched it.

Every request is let in anew, also for a range of a file that was begun before. The bytes then come from us, or from an nginx in front
that reads them from the same folder (NGINX_FILES), or from the bucket at an address that works for a minute; neither decides who may
have them.
"""

from __future__ import annotations

from typing import BinaryIO
from uuid import uuid4

from flask import Response, current_app, request
from sqlalchemy import select
from werkzeug.wsgi import wrap_file

from portal.kernel.action import marking
from portal.kernel.clock import now
from portal.kernel.db import db, insert_or_ignore
from portal.kernel.refusal import NotFound, Refused
from portal.kernel.viewer import Viewer
from portal.kinds.files.kind import is_withdrawn, why_held
from portal.models.files import Download, Upload
from portal.storage import CHUNK, NoSuchKey, chunks
from portal.storage.current import store
from portal.storage.names import content_disposition
from portal.storage.window import is_local

SAFE_TYPES = frozenset(
    {"application/pdf", "image/jpeg", "image/png", "image/gif", "image/webp", "text/plain", "text/csv", "video/mp4", "audio/mpeg"}
)


def hand_out(upload: Upload, *, by: Viewer, name: str = "") -> Response:
    """The bytes of an upload the viewer has found behind their door, under a name we chose or the one it came with."""
    if is_withdrawn(upload):
        raise NotFound
    held = why_held(upload)
    if held:
        raise Refused(held)
    kind, disposition = upload.type if upload.type in SAFE_TYPES else "application/octet-stream", content_disposition(name or upload.name)
    direct = store().direct
    if direct and request.method == "GET":
        _must_be_there(upload)
        mark_opened(upload, by=by)
        return _elsewhere(direct.fetch(upload.key, disposition=disposition, type=kind))
    response = _answer(upload)
    if response.status_code in (200, 206) and request.method == "GET":
        mark_opened(upload, by=by)
    response.content_type = kind
    response.headers["Content-Disposition"] = disposition
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Accept-Ranges"] = "bytes"
    response.set_etag(upload.sha256)
    return response


def _must_be_there(upload: Upload) -> None:
    """Find out here, and not at another address, that bytes are gone or the store is away."""
    try:
        store().size(upload.key)
    except NoSuchKey:
        raise NotFound from None


def _elsewhere(address: str) -> Response:
    """Lead to the bytes where they lie; the address works for a minute, and is nobody else's to keep."""
    response = Response(status=302, headers={"Location": address, "Cache-Control": "private, no-store"})
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def mark_opened(upload: Upload, *, by: Viewer) -> None:
    """Note that somebody opened a file: the first time counts. Staff who look through a contact's eyes leave no mark."""
    if by.seen_as or by.person_id is None:
        return
    if db.session.scalar(select(Download.id).where(Download.upload_id == upload.id, Download.person_id == by.person_id)):
        return
    with marking() as marks:
        row = {"id": uuid4(), "client_id": upload.client_id, "upload_id": upload.id, "person_id": by.person_id, "at": now()}
        insert_or_ignore(Download, row, session=marks)


def _answer(upload: Upload) -> Response:
    """The bytes that were asked for, from whoever hands them over."""
    nginx = current_app.config["NGINX_FILES"]
    if nginx:
        return Response(headers={"X-Accel-Redirect": f"{nginx}{upload.key}"})  # made from ids only; nginx looks at the range itself
    if request.if_none_match.contains(upload.sha256):
        return Response(status=304)
    span = _span(upload)
    if span is None:
        return Response(status=416, headers={"Content-Range": f"bytes */{upload.bytes}"})
    start, end = span
    part = (start, end) != (0, upload.bytes)
    response = Response(status=206 if part else 200)
    if request.method == "GET":
        try:
            _fill(response, store().open(upload.key, start=start, end=end))
        except NoSuchKey:
            raise NotFound from None
    response.content_length = end - start
    if part:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{upload.bytes}"
    return response


def _fill(response: Response, stream: BinaryIO) -> None:
    """The bytes of an answer: the web server reads a file of this machine itself, at the pace of the line and without holding up a page."""
    response.direct_passthrough = is_local(stream)
    response.response = wrap_file(request.environ, stream, CHUNK) if is_local(stream) else chunks(stream)


def _span(upload: Upload) -> tuple[int, int] | None:
    """From where to where bytes are wanted; None when they are not there. Several ranges at once are more than we answer."""
    wanted, whole = request.range, (0, upload.bytes)
    if wanted is None or wanted.units != "bytes" or request.method != "GET" or not _is_the_same(upload):
        return whole
    if len(wanted.ranges) > 1:
        return None
    return wanted.range_for_length(upload.bytes)


def _is_the_same(upload: Upload) -> bool:
    """Whether what the browser holds a part of is this very file; without a word about it we take it so, as HTTP does."""
    known = request.if_range
    if known.etag is None and known.date is None:
        return not request.headers.get("If-Range")
    return request.headers.get("If-Range") == f'"{upload.sha256}"'
