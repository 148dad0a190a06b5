"""How bytes come onto a disk: out of somebody else's stream, completely, and durably."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol, TypeGuard

from portal.storage import CHUNK, Readable, StoreFull, TooLarge

PIECE = 1024 * 1024  # what is hashed, checked and written at once of something large
_own = threading.local()
_hashers = ThreadPoolExecutor(1, "hashing")
_syncers = ThreadPoolExecutor(8, "syncing")  # they wait for the disk, which does as much for eight as for one
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def write_new(
    path: Path, stream: Readable, *, limit: int, chunk: int, may_wait: Callable[[int, str], bool] | None = None
) -> tuple[int, str]:
    """Copy at most `limit` bytes into a new file, fsync it, and return their number and SHA-256. What `may_wait` says yes to, of the open
    file and its hash, is synced later."""
    digest, size = hashlib.sha256(), 0
    with full_in_words(), open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb", buffering=0) as file:
        for piece in pieces(stream, limit=limit, chunk=chunk):
            digest.update(piece)
            write_all(file.fileno(), piece, size)
            size += len(piece)
        if may_wait and may_wait(file.fileno(), digest.hexdigest()):
            start_writing(file.fileno(), 0, size)
        else:
            os.fsync(file.fileno())
    return size, digest.hexdigest()


def read_from(stream: Readable, size: int) -> bytes:
    """Read from somebody else's stream; its own errors are not our disk's."""
    try:
        return stream.read(size)
    except OSError as error:
        raise ConnectionError("the body could not be read to its end") from error


class Lending(Protocol):
    """A stream whose bytes lie in memory already."""

    def lend(self, size: int, /) -> memoryview:
        """The next bytes where they lie, at most so many; good as long as the stream is."""


def lends(stream: object) -> TypeGuard[Lending]:
    """Whether a stream is such a one; asked for every piece, so it must cost nothing."""
    return hasattr(stream, "lend")


def pieces(stream: Readable, *, limit: int, chunk: int) -> Iterator[bytes | memoryview]:
    """All of a stream, piece by piece, each good until the next but one; raises TooLarge rather than bring a byte beyond the limit."""
    size, turn = 0, 0
    while piece := _next(stream, min(chunk, limit + 1 - size), turn):
        size, turn = size + len(piece), 1 - turn
        if size > limit:
            raise TooLarge(limit)
        yield piece


def write_all(file: int, piece: bytes | memoryview, at: int) -> None:
    """Write a piece at its place, all of it."""
    rest = memoryview(piece)
    while rest:
        done = os.pwrite(file, rest, at)
        at, rest = at + done, rest[done:]


class Hashing:
    """Hashes pieces while they are written: in another thread as long as nobody else is hashing, for then a processor is idle.

    `piece` is how large the pieces should be: what one thread reads twice should fit into the cache of its processor.
    """

    _under_way = 0
    _lock = threading.Lock()

    def __init__(self, digest: hashlib._Hash | None, stream: Readable) -> None:
        self._digest, self._lent = digest, lends(stream)  # what is copied first is better hashed where the copy lies
        self._other: Future[None] | None = None

    def __enter__(self) -> Hashing:
        with self._lock:
            Hashing._under_way += 1
            self._beside = Hashing._under_way == 1 and self._lent and self._digest is not None
        self.piece = PIECE if self._beside else CHUNK
        return self

    def __call__(self, piece: bytes | memoryview) -> None:
        """Hash on; the piece must stay as it is until the next one comes."""
        self._wait()
        if self._beside and self._digest:
            self._other = _hashers.submit(self._digest.update, piece)
        elif self._digest:
            self._digest.update(piece)

    def __exit__(self, *_: object) -> None:
        self._wait()
        with self._lock:
            Hashing._under_way -= 1

    def _wait(self) -> None:
        if self._other:
            self._other.result()
            self._other = None


def _next(stream: Readable, size: int, turn: int) -> bytes | memoryview:
    """Fresh memory costs dearly, and so do copies: what can be lent is, and what can be read into memory used before is."""
    if lends(stream):
        return stream.lend(size)
    if not isinstance(stream, io.RawIOBase | io.BufferedRandom):
        return read_from(stream, size)
    if not hasattr(_own, "memory"):
        _own.memory = [memoryview(bytearray(PIECE)) for _ in range(2)]
    room: memoryview = _own.memory[turn][:size]
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
    _sync(folder)


def sync_all(paths: Iterable[Path]) -> None:
    """Make all these files and folders survive a power loss, those that are there."""
    list(_syncers.map(_sync_what_is_there, paths))


def _sync_what_is_there(path: Path) -> None:
    with suppress(FileNotFoundError):
        _sync(path)


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
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
