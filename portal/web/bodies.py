"""How requests are read: what was typed without characters no text needs, and bodies waiting on the data disk, not in a small /tmp."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from typing import IO, Any
from urllib.parse import urlsplit

import flask
from flask import current_app
from werkzeug.datastructures import ImmutableMultiDict

IN_MEMORY = 512 * 1024
_TURNED = (0x202D, 0x202E)  # write what follows back to front, letter by letter: no script needs it, and it makes texts read as others
_NOT_TYPED = dict.fromkeys(n for n in (*range(32), 127, *_TURNED) if chr(n) not in "\t\n\r")


class Typed(ImmutableMultiDict[str, Any]):
    """What a form or an address says, without characters that nobody types and that mislead readers or break databases."""

    def __init__(self, said: Iterable[tuple[str, Any]] = ()) -> None:
        super().__init__([(name, text.translate(_NOT_TYPED) if isinstance(text, str) else text) for name, text in said])


class Request(flask.Request):
    """A request whose texts are clean and whose uploaded files are spooled to the data disk."""

    parameter_storage_class = Typed

    @property
    def referrer(self) -> str | None:  # type: ignore[override]
        """The page the browser says it comes from; one that cannot be read counts as none."""
        said = self.headers.get("Referer")
        try:
            _ = urlsplit(said or "").port
        except ValueError:
            return None
        return said

    def _get_file_stream(
        self, total_content_length: int | None, content_type: str | None, filename: str | None = None, content_length: int | None = None
    ) -> IO[bytes]:
        return tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, mode="rb+", dir=current_app.config["SPOOL"])
