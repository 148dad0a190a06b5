"""Pictures of files, shown in a page: never the files' own bytes, only the copies the worker painted of them. Nothing is decoded here."""

from __future__ import annotations

from typing import Protocol

from flask import Response, request

from portal.kernel.refusal import NotFound
from portal.kinds.files.kind import is_withdrawn
from portal.kinds.previews import ordering as previews
from portal.models.files import Scan, Upload
from portal.storage import NoSuchKey, chunks
from portal.storage.current import store
from portal.storage.painting import KINDS
from portal.web.doors import begin_writing, viewer
from portal.web.handing_out import mark_opened


class Copied(Protocol):
    """Where a picture of ours lies, of which type and how long."""

    @property
    def key(self) -> str:
        """Its place in the store."""

    @property
    def type(self) -> str:
        """Its type, like image/webp."""

    @property
    def bytes(self) -> int:
        """How long it is."""


IN_A_MOMENT = "2"  # seconds until it is worth asking again


def show_picture(upload: Upload) -> Response:
    """The copy an address asks for (`?size=` thumb, small, screen or large; `page=`), 202 while it is being made, NotFound without one.

    Whoever asks has found the file behind their door, and is let in anew each time: browsers keep a copy, but ask before they show it.
    Whoever was shown more than the stamp in a list has seen the file.
    """
    page = _page()
    held = not upload.may_be_shown and upload.scan is not Scan.WAITING
    if upload.type not in KINDS or upload.is_gone or held or is_withdrawn(upload):
        raise NotFound
    row = previews.of_page(upload, page) if upload.scan is not Scan.WAITING else None
    if row is None:
        return _not_yet(upload, page)
    copy = row.copy(request.args.get("size", ""))
    if copy is None:
        raise NotFound
    if request.method == "GET" and request.args.get("size") != "thumb":
        mark_opened(upload, by=viewer())
    return show_copy(copy)


def show_copy(copy: Copied) -> Response:
    """A picture that we drew ourselves; whoever asks has been let in."""
    response = Response(mimetype=copy.type)
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(copy.key.rpartition("/")[2])
    if request.if_none_match.contains(copy.key.rpartition("/")[2]):
        response.status_code = 304
        return response
    if request.method == "GET":
        try:
            response.response = chunks(store().open(copy.key))
        except NoSuchKey:
            raise NotFound from None
    response.content_length = copy.bytes
    return response


def turn_to(upload: Upload, page: int) -> previews.Look:
    """What can be shown of one page of a file; it and those that follow are ordered when they are not there yet."""
    if not 1 <= page <= previews.MOST_PAGES or not upload.may_be_shown:
        return previews.NOTHING
    first = previews.of_page(upload, 1)
    if first is not None and page > max(first.pages, 1):
        return previews.NOTHING
    row = first if page == 1 else previews.of_page(upload, page)
    if row is None and first is not None:
        _order(upload, page)
    return previews.look(upload, row)


def _not_yet(upload: Upload, page: int) -> Response:
    if page > 1 and not turn_to(upload, page).waits:
        raise NotFound
    return Response(status=202, mimetype="text/plain", headers={"Retry-After": IN_A_MOMENT, "Cache-Control": "private, no-store"})


def _order(upload: Upload, page: int) -> None:
    begin_writing()
    previews.order_pages(upload, page)


def _page() -> int:
    text = request.args.get("page", "1")
    if not text.isdecimal() or not 1 <= int(text[:4]) <= previews.MOST_PAGES:
        raise NotFound
    return int(text[:4])
