"""Where received bytes live: the verbs every store has, and the errors they may end in.

Bytes land in `incoming/`, are hashed and fsynced there, and are then promoted to a key that is
written once and never again. Only after `promote` returned may a row say "we have it".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol
from uuid import UUID

CHUNK = 256 * 1024


class StorageError(Exception):
    """The store could not do what it was asked; nothing half-done is left under a final key."""


class TooLarge(StorageError):
    """More bytes came than the limit allows."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes")
        self.limit = limit


class Incomplete(StorageError):
    """The body ended before (or after) the number of bytes it announced."""

    def __init__(self, *, expected: int, got: int) -> None:
        super().__init__(f"expected {expected} bytes, got {got}")
        self.expected = expected
        self.got = got


class StoreFull(StorageError):
    """No room for more bytes: disk full, quota reached or file size limit of the machine."""


class KeyTaken(StorageError):
    """Another content lies under this key already; it stays as it is."""


class NoSuchKey(StorageError):
    """Nothing lies under this key."""


class BadKey(StorageError, ValueError):
    """This is not a key this store could have made."""


class Readable(Protocol):
    """Anything bytes can be read from: a request's input, an open file, a generator in a coat."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, and b"" at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Received:
    """What lies in `incoming/`, complete, hashed and fsynced."""

    key_in_incoming: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Stored:
    """One key the store holds, as `flask doctor` compares it with the rows."""

    key: str
    bytes: int
    written_at: datetime


class Storage(Protocol):
    """One home for received bytes.

    The order that survives a kill at any moment: `receive` → `promote` → the transaction that writes
    the row → 200. A kill in between leaves an incoming file (swept) or a key without a row (doctor),
    never a row without bytes. Every verb may be repeated.

    Parts of large uploads fit in below these verbs: each part is one incoming name of its own,
    limited and expected to the length that was signed for it; joining them yields one `Received`,
    and from there `promote` and everything after it stay the same.
    """

    def receive(self, stream: Readable, *, limit: int, chunk: int = CHUNK, expected: int | None = None) -> Received:
        """Stream a body into `incoming/` in constant memory, hashing while writing, and fsync it.

        Raises TooLarge at byte `limit + 1`, Incomplete when `expected` bytes were announced and others
        came, StoreFull. After any exception, also one of the stream's own, nothing is left behind.
        """
        ...

    def promote(self, received: Received, key: str) -> None:
        """Give received bytes their final, immutable key, durably, and drop the incoming name.

        The same content under that key already counts as done, so a retry after a kill succeeds.
        Raises KeyTaken when other content lies there, NoSuchKey when there is nothing to promote.
        """
        ...

    def open(self, key: str, *, start: int = 0, end: int | None = None) -> BinaryIO:
        """Return a readable stream over the bytes from `start` up to, not including, `end`.

        Takes final keys and incoming ones (to check a file before it is promoted).
        """
        ...

    def size(self, key: str) -> int:
        """Return how many bytes lie under this key."""
        ...

    def discard(self, incoming: str) -> None:
        """Drop an incoming name that will not be promoted; a missing one is fine."""
        ...

    def delete(self, key: str) -> None:
        """Remove a final key for good; a missing one is fine."""
        ...

    def keys(self, prefix: str) -> Iterator[Stored]:
        """Walk what lies under a prefix that ends at a slash (`blobs/`, `blobs/<client>/`, `incoming/`), in no order."""
        ...

    def sweep_incoming(self, *, older_than: datetime) -> int:
        """Drop incoming bytes last written before this moment and return how many there were."""
        ...

    def free_bytes(self) -> int | None:
        """Return how many bytes still fit, None where the store has no end."""
        ...


def blob_key(client_id: UUID, upload_id: UUID) -> str:
    """Name the one place the bytes of an upload lie; made from ids only, never from what somebody typed."""
    return f"{blob_prefix(client_id)}{upload_id.hex[-2:]}/{upload_id.hex}"


def blob_prefix(client_id: UUID) -> str:
    """Name the folder that holds everything of one client."""
    return f"blobs/{client_id.hex}/"


def chunks(stream: BinaryIO, *, size: int = CHUNK) -> Iterator[bytes]:
    """Hand out a stream piece by piece and close it at the end, for a response or a zip."""
    with stream:
        while piece := stream.read(size):
            yield piece
