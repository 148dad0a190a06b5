"""What the web server takes in before the portal sees it: large bodies from browsers that hold a session of ours, and from nobody else.

A part of a file waits in memory until it is complete, which spares the disk writing it twice; when many come at once, or when a body is
larger, it waits in a file on the data disk.
"""

from __future__ import annotations

import copy
import weakref

from flask import Flask
from itsdangerous import BadSignature
from waitress.adjustments import Adjustments
from waitress.parser import HTTPRequestParser
from werkzeug.sansio.http import parse_cookie  # as requests read theirs: bytes that are no text are left standing

from portal.edges.intake import BLOCK, Blocks
from portal.web.doors import SMALL_BODY

WORDS_FIRST = 1024 * 1024  # a little more than a page takes, so that mostly the page itself refuses, in words
PART = 8 * 1024 * 1024  # the largest body that waits in memory: one part of a file
AT_ONCE = 16 * 1024 * 1024  # all that wait in memory together


def parser_for(app: Flask) -> type[HTTPRequestParser]:
    """How waitress reads requests to this app: it keeps no more of a stranger's body than the largest form needs."""
    memory = Blocks(AT_ONCE // BLOCK)

    class Parser(HTTPRequestParser):  # type: ignore[misc]
        adj: Adjustments

        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            if not holds_session(app, self.headers.get("COOKIE", "")):
                self.adj = _modest(self.adj)
            elif self.adj.inbuf_overflow < self.content_length <= PART:
                body = memory.body(self.content_length)
                if body is not None:
                    self.body_rcv = body
            if self.body_rcv is not None:
                weakref.finalize(self, self.body_rcv.getbuf().close)  # waitress forgets the file of a body whose line broke

    return Parser


def holds_session(app: Flask, cookies: str) -> bool:
    """Whether these cookies hold a session that we signed for somebody; whether it still lives, the doors find out."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    found = parse_cookie(cookies).get(app.config["SESSION_COOKIE_NAME"], "")
    try:
        return "_user_id" in serializer.loads(found, max_age=int(app.permanent_session_lifetime.total_seconds()))
    except BadSignature:
        return False


def _modest(settings: Adjustments) -> Adjustments:
    narrow = copy.copy(settings)
    narrow.max_request_body_size = SMALL_BODY + WORDS_FIRST
    return narrow
