"""What everybody may fetch of the firm: its colours and its mark."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError

from portal.kernel.refusal import NotFound
from portal.models.people import the_firm
from portal.storage import NoSuchKey, StorageError, blob_key, chunks
from portal.storage.current import store
from portal.web.brand import brand_css

pages = Blueprint("firm", __name__)
NOBODYS = blob_key(UUID(int=0), UUID(int=0))  # asked for to hear that it is not there


@pages.get("/brand.css")
def brand() -> ResponseReturnValue:
    """The firm's colour as the checked values the styles use; its address carries their hash."""
    response = Response(brand_css(the_firm().colour), mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@pages.get("/mark")
def mark() -> ResponseReturnValue:
    """The firm's mark, a picture we re-encoded ourselves."""
    firm = the_firm()
    if not firm.mark_key:
        raise NotFound
    try:
        stream = store().open(firm.mark_key)
    except NoSuchKey:
        raise NotFound from None
    response = Response(chunks(stream), mimetype="image/png")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # mails show it too
    return response


@pages.get("/healthz")
def health() -> ResponseReturnValue:
    """Say that the process answers and the database can be read."""
    return _said("ok") if _database_answers() else _said("database: no answer", 503)


@pages.get("/readyz")
def ready() -> ResponseReturnValue:
    """Say whether the database and the store answer, and whether new files still fit; without them there is work to do, not an end."""
    if not _database_answers():
        return _said("database: no answer", 503)
    try:
        with suppress(NoSuchKey):
            store().size(NOBODYS)
        free = store().free_bytes()
    except (StorageError, OSError):
        return _said("files: no answer", 503)
    return _said("ready" if free is None or free else "no room for new files")


def _database_answers() -> bool:
    try:
        the_firm()
    except DBAPIError:
        return False
    return True


def _said(words: str, status: int = 200) -> Response:
    return Response(f"{words}\n", status, mimetype="text/plain")
