"""The short way in for bytes: a part or a small file at an address we signed goes past the pages, for there are hundreds of them.

It is let in by the same three things as on the long way: the session lives, the file is on its way and this person's, the address is
sealed for exactly this. One question to the database answers the first two. Whatever is not plain, fails, or must be said in words goes
the long way, from the beginning; so nothing is refused here, and nothing becomes ours here: finishing is asked of the pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from portal.features.uploads import signing
from portal.features.uploads.arriving import waits_at
from portal.features.uploads.signing import Ticket
from portal.kernel.refusal import Refused
from portal.kinds.files.sending import Expected, expected
from portal.storage import Act, Begun, Readable, StorageError
from portal.storage.current import store
from portal.web.handed import FILE, WORD, handed

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

ADDRESS = re.compile(r"/uploads/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/bytes", re.ASCII)
WAITS = b'{"state":"open"}\n'


class ShortWay:
    """Stands before the pages; `token_of` reads the session out of cookies, `bodies` is where an nginx lays what it hands over."""

    def __init__(
        self,
        pages: WSGIApplication,
        engine: Engine,
        *,
        token_of: Callable[[str], str],
        bodies: Callable[[], Path | None],
        headers: Mapping[str, str],
    ) -> None:
        self._pages, self._engine, self._token_of, self._bodies = pages, engine, token_of, bodies
        self._headers = list(headers.items())

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or let the pages do it."""
        answer = self._answer(environ)
        if answer is None:
            return self._pages(environ, start_response)
        body, *more = answer
        start_response("200 OK", [*more, ("Content-Length", str(len(body))), *self._headers])
        return [body]

    def _answer(self, environ: WSGIEnvironment) -> tuple[bytes, tuple[str, str], tuple[str, str]] | None:
        """The answer to bytes that came the short way; None for all else."""
        address = ADDRESS.fullmatch(environ.get("PATH_INFO", "")) if environ["REQUEST_METHOD"] == "PUT" else None
        token = self._token_of(environ.get("HTTP_COOKIE", "")) if address else ""
        if not (address and token):
            return None
        try:
            with self._engine.connect() as line:
                file = expected(line, UUID(address[1]), token=token)
            if file is None:
                return None
            ticket = signing.read(file, dict(parse_qsl(environ.get("QUERY_STRING", ""))), method="PUT")
            with self._body(environ, ticket.length) as body:
                return _taken(file, ticket, body) if body else None
        except (Refused, StorageError, DBAPIError):
            return None

    @contextmanager
    def _body(self, environ: WSGIEnvironment, length: int) -> Iterator[Readable | None]:
        """The bytes of a request of this length, where the long way could read them once more; it finds them at their beginning."""
        name, word = (environ.get(f"HTTP_{said.upper().replace('-', '_')}", "") for said in (FILE, WORD))
        given = handed(self._bodies(), name, word)
        stream = given or environ["wsgi.input"]
        came = given.length if given else environ.get("CONTENT_LENGTH")
        try:
            yield stream if str(came) == str(length) and stream.seekable() else None
        except BaseException:
            stream.seek(0)
            raise
        finally:
            if given:
                given.close()


def _taken(file: Expected, ticket: Ticket, body: Readable) -> tuple[bytes, tuple[str, str], tuple[str, str]] | None:
    """Lay bytes where they wait for the rest, or for the page to ask."""
    antechamber = store().antechamber
    if ticket.act is Act.LAY_WHOLE and antechamber:
        antechamber.lay(waits_at(file.id), body, length=ticket.length)
        return WAITS, ("Content-Type", "application/json"), ("Vary", "Cookie")
    if ticket.act is Act.PUT_PART and file.key_in_incoming:
        place = Begun(file.key_in_incoming, file.store_id)
        part = store().receive_part(place, ticket.n, body, length=ticket.length, offset=(ticket.n - 1) * file.part_bytes)
        return b"", ("Content-Type", "text/plain; charset=utf-8"), ("ETag", f'"{part.etag}"')
    return None
