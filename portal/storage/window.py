"""A readable window onto some bytes of an open file, for ranges."""

from __future__ import annotations

import os
from io import RawIOBase, UnsupportedOperation
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


def is_local(stream: BinaryIO) -> bool:
    """Whether a stream reads from a disk of this machine, which never lets anybody wait for long."""
    return isinstance(getattr(stream, "raw", None), Window)


class Window(RawIOBase):
    """Show the bytes from `start` up to, not including, `end` as a stream of their own; closing it closes the file."""

    def __init__(self, file: int, *, start: int = 0, end: int | None = None) -> None:
        size = os.fstat(file).st_size
        last = size if end is None else min(end, size)
        if not 0 <= start <= last:
            raise ValueError(f"no bytes {start}..{end} in {size}")
        self._file = file
        self._start = start
        self._length = last - start
        self._at = 0

    def readable(self) -> bool:
        """Bytes can be read."""
        return True

    def seekable(self) -> bool:
        """The position can be moved."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Move within the window."""
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._length}[whence]
        self._at = max(0, origin + offset)
        return self._at

    def tell(self) -> int:
        """Return the position within the window."""
        return self._at

    def fileno(self) -> int:
        """The file's own number, where the window shows all of it."""
        if self._start or self._length != os.fstat(self._file).st_size:
            raise UnsupportedOperation("fileno")
        return self._file

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill the buffer from the window without moving the file's own position."""
        view = memoryview(buffer).cast("B")[: max(0, self._length - self._at)]
        count = os.preadv(self._file, [view], self._start + self._at) if view else 0
        self._at += count
        return count

    def close(self) -> None:
        """Close the window and the file behind it, once."""
        if not self.closed:
            os.close(self._file)
        super().close()
