"""What a request brings: its own stream, or a file into which an nginx in front has written it already (NGINX_BODIES).

The name of that file comes in a header, and anybody can write headers. So the nginx says a word besides, which only it and we know.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from flask import current_app, request

from portal.kernel import keys
from portal.kernel.refusal import Refused
from portal.storage.checks import SENTENCES, Code
from portal.storage.handed import Handed, NotHanded

FILE, WORD = "X-Body-File", "X-Body-Word"


@dataclass(frozen=True)
class Body:
    """The bytes of a request, and how many there are; None when nobody said."""

    stream: BinaryIO
    length: int | None


def word() -> str:
    """What our nginx says so that we believe it."""
    return keys.mac("nginx bodies", "word").hex()


def handed(folder: Path | None, named: str, said: str) -> Handed | None:
    """The file that our nginx names, in this folder; None where none is named, or not by our nginx."""
    return Handed(folder, named) if folder and named and keys.same(said, word()) else None


@contextmanager
def body(name: str) -> Iterator[Body]:
    """The bytes of this request, which belong to the file of this name. A body that is not where such bodies lie is refused; the page
    sends it anew."""
    folder, said = current_app.config["NGINX_BODIES"], request.headers.get(FILE, "")
    try:
        file = handed(folder, said, request.headers.get(WORD, ""))
    except NotHanded as error:
        current_app.logger.warning("the web server in front named %r, which is no body in %s", said, folder)
        raise Refused(SENTENCES[Code.INCOMPLETE], status=422, name=name) from error
    if file is None:
        yield Body(cast("BinaryIO", request.stream), request.content_length)
        return
    with file:
        yield Body(cast("BinaryIO", file), file.length)
