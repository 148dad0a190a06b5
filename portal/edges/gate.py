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
from portal.kernel.clock import now
from portal.web.doors import SMALL_BODY

WORDS_FIRST = 1024 * 1024  # a little more than a page takes, so that mostly the page itself refuses, in words
PART = 8 * 1024 * 1024  # the largest body that waits in memory: one part of a file
KNOWN_FOR, MOST_KNOWN = 60, 512  # seconds that cookies are known for, and how many
AT_ONCE = 16 * 1024 * 1024  # all that wait in memory together


def parser_for(app: Flask) -> type[HTTPRequestParser]:
    """How waitress reads requests to this app: it keeps no more of a stranger's body than the largest form needs."""
    memory = Blocks(AT_ONCE // BLOCK)
    sessions: Sessions = app.extensions["portal sessions"]

    class Parser(HTTPRequestParser):  # type: ignore[misc]
        adj: Adjustments

        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            if not sessions.holds(self.headers.get("COOKIE", "")):
                self.adj = _modest(self.adj)
            elif self.adj.inbuf_overflow < self.content_length <= PART:
                body = memory.body(self.content_length)
                if body is not None:
                    self.body_rcv = body
            if self.body_rcv is not None:
                weakref.finalize(self, self.body_rcv.getbuf().close)  # waitress forgets the file of a body whose line broke

    return Parser


class Sessions:
    """Which cookies hold a session that we signed for somebody; whether it still lives, the doors find out."""

    def __init__(self, app: Flask) -> None:
        self._seal = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # dear to make, so it is made once
        self._known: dict[str, tuple[float, str]] = {}
        self._name, self._life = app.config["SESSION_COOKIE_NAME"], int(app.permanent_session_lifetime.total_seconds())

    def token(self, cookies: str) -> str:
        """What names the session in these cookies; nothing where there is none. Who sends a photo set asks twice a photo, so it is known
        for a minute."""
        moment = now().timestamp()
        until, token = self._known.get(cookies, (0.0, ""))
        if moment < until:
            return token
        if len(self._known) >= MOST_KNOWN:
            self._known = {}
        token = self._read(cookies)
        self._known[cookies] = (moment + KNOWN_FOR, token)
        return token

    def _read(self, cookies: str) -> str:
        try:
            held = self._seal.loads(parse_cookie(cookies).get(self._name, ""), max_age=self._life)
        except BadSignature:
            return ""
        return str(held.get("_user_id") or "")

    def holds(self, cookies: str) -> bool:
        """Whether there is one."""
        return bool(self.token(cookies))


def _modest(settings: Adjustments) -> Adjustments:
    narrow = copy.copy(settings)
    narrow.max_request_body_size = SMALL_BODY + WORDS_FIRST
    return narrow
