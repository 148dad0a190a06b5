"""How bytes come onto a disk: out of somebody else's stream, completely, and durably."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.storage import CHUNK, Readable, StoreFull, TooLarge

_own = threading.local()
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def write_new(path: Path, stream: Readable, *, limit: int, chunk: int) -> tuple[int, str]:
    """Copy at most `limit` bytes into a new file, fsync it, and return their number and SHA-256."""
    digest, size = hashlib.sha256(), 0
    with full_in_words(), open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb", buffering=0) as file:
        while piece := next_of(stream, min(chunk, limit + 1 - size)):
            size += len(piece)
            if size > limit:
                raise TooLarge(limit)
            digest.update(piece)
            rest = memoryview(piece)
            while rest:
                rest = rest[file.write(rest) :]
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def read_from(stream: Readable, size: int) -> bytes:
    """Read from somebody else's stream; its own errors are not our disk's."""
    try:
        return stream.read(size)
    except OSError as error:
        raise ConnectionError("the body could not be read to its end") from error


def next_of(stream: Readable, size: int) -> bytes | memoryview:
    """As `read_from`, but good only until this thread reads on: where it can be, memory is used again, for fresh memory costs dearly."""
    if not isinstance(stream, io.RawIOBase):
        return read_from(stream, size)
    if not hasattr(_own, "memory"):
        _own.memory = memoryview(bytearray(CHUNK))
    room: memoryview = _own.memory[:size]
    try:
        return room[: stream.readinto(room) or 0]
    except OSError as error:
        raise ConnectionError("the body could not be read to its end") from error


def start_writing(file: int, offset: int, length: int) -> None:
    """Let the disk begin with these bytes without waiting for it, so that the sync at the end has little left to do."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file, offset, length, os.POSIX_FADV_DONTNEED)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power loss."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)


@contextmanager
def full_in_words() -> Iterator[None]:
    """Turn the ways a disk says "no room" into StoreFull."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise StoreFull(os.strerror(error.errno)) from error
