"""Reading from a bucket as from a file: from any place, and on from where it was when the line breaks."""

from __future__ import annotations

import os
from collections.abc import Callable
from io import RawIOBase
from typing import TYPE_CHECKING, Any

from portal.storage import StoreDown

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MOST_TRIES = 3


class Remote(RawIOBase):
    """The bytes from `start` up to, not including, `end` as a stream of their own. `fetch(first, last)` opens a body of the bucket."""

    def __init__(self, fetch: Callable[[int, int], Any], *, start: int, end: int) -> None:
        self._fetch = fetch
        self._start = start
        self._length = end - start
        self._at = 0
        self._body: Any = None

    def readable(self) -> bool:
        """Bytes can be read."""
        return True

    def seekable(self) -> bool:
        """The position can be moved; that costs a new request."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Move within the range."""
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._length}[whence]
        to = max(0, origin + offset)
        if to != self._at:
            self._hang_up()
        self._at = to
        return to

    def tell(self) -> int:
        """Return the position within the range."""
        return self._at

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill the buffer; a broken line is taken up again where it broke."""
        view = memoryview(buffer).cast("B")[: max(0, self._length - self._at)]
        for left in range(MOST_TRIES - 1, -1, -1) if view else ():
            try:
                piece = self._read(len(view))
            except StoreDown:
                self._hang_up()
                if not left:
                    raise
                continue
            view[: len(piece)] = piece
            self._at += len(piece)
            return len(piece)
        return 0

    def _read(self, size: int) -> bytes:
        if self._body is None:
            self._body = self._fetch(self._start + self._at, self._start + self._length - 1)
        piece: bytes = self._body.read(size)
        if not piece:
            raise StoreDown("the body ended too early")
        return piece

    def _hang_up(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None

    def close(self) -> None:
        """Let go of the connection."""
        self._hang_up()
        super().close()
