"""Where received bytes live: the verbs every store has, and the errors they may end in.

Bytes land in `incoming/`, are hashed and fsynced there, and are then promoted to a key that is
written once and never again. Only after `promote` returned may a row say "we have it".
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
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


class Busy(StorageError):
    """Somebody else is just writing these bytes; trying again a little later may well succeed."""


class OtherParts(StorageError):
    """The parts that lie here are not the ones that were named; those in `missing` have to be sent (again)."""

    def __init__(self, missing: Sequence[int] = ()) -> None:
        super().__init__(f"missing or different parts: {list(missing)}")
        self.missing = tuple(missing)


class Altered(StorageError):
    """What lies in `incoming/` is no longer what was hashed; it has to be received again."""


class StoreDown(StorageError):
    """The store does not answer, or not as it should; nothing is known about what was asked of it."""


class Readable(Protocol):
    """Anything bytes can be read from: a request's input, an open file, a generator in a coat."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, and b"" at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Received:
    """What lies in `incoming/`, complete, hashed and fsynced; the pin names the very bytes that were hashed, where a store needs that."""

    key_in_incoming: str
    bytes: int
    sha256: str
    pin: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """A file that comes in parts: its place in `incoming/`, and the store's own name for it where it has one (S3's UploadId)."""

    key_in_incoming: str
    store_id: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part that lies safe; numbers begin at 1, and the ETag changes with the bytes."""

    n: int
    bytes: int
    etag: str


@dataclass(frozen=True, slots=True)
class Stored:
    """One key the store holds, as `flask doctor` compares it with the rows."""

    key: str
    bytes: int
    written_at: datetime


class Act(StrEnum):
    """What a signed address allows whoever holds it to do, once or several times until it expires."""

    PUT_WHOLE = "put_whole"
    LAY_WHOLE = "lay_whole"
    CREATE = "create"
    PUT_PART = "put_part"
    LIST = "list"
    COMPLETE = "complete"
    ABORT = "abort"


class Direct(Protocol):
    """A store that browsers may write to themselves, at addresses signed for one act each."""

    @property
    def origin(self) -> str:
        """Scheme and host of the signed addresses; pages must allow browsers to connect there."""
        ...

    def key(self) -> str:
        """Return a new name in `incoming/`."""
        ...

    def url(self, act: Act, place: Begun | str, *, n: int | None = None, length: int | None = None) -> str:
        """Sign an address for one act on a file in parts, or on a name of `key()` (PUT_WHOLE, CREATE); valid for a quarter of an hour.

        What is put there must have exactly `length` bytes.
        """
        ...

    def adopt(self, key_in_incoming: str, *, expected: int) -> Received:
        """Hash what a browser laid there itself, once, while reading; from here on as after `receive`. Raises Incomplete, NoSuchKey."""
        ...

    def fetch(self, key: str, *, disposition: str, type: str) -> str:
        """Sign an address at which a final key can be read for one minute, by whoever was let in just now, as this type and attachment."""
        ...


class Antechamber(Protocol):
    """A store on which a small file may wait, complete, under a name both sides know, until many are finished together."""

    def lay(self, key_in_incoming: str, stream: Readable, *, length: int) -> None:
        """Take in exactly `length` bytes under this name, for good only with `promote_all`; what lies there stays. Raises as `receive`."""
        ...

    def laid(self, key_in_incoming: str, *, expected: int) -> Received:
        """What lies under this name; raises NoSuchKey, also when it is not what came. The pin makes `promote` refuse other bytes."""
        ...

    def promote_all(self, received: Sequence[tuple[Received, str]]) -> None:
        """As `promote` for each of these and its final key, but all wait for the disk together."""
        ...


class Storage(Protocol):
    """One home for received bytes.

    The order that survives a kill at any moment: `receive` → `promote` → the transaction that writes
    the row → 200. A kill in between leaves an incoming file (swept) or a key without a row (doctor),
    never a row without bytes. Every verb may be repeated.

    Large uploads come in parts: `begin` → `receive_part` for each, in any order, also again → `join`,
    which yields a `Received` like that of `receive`; from there `promote` and everything after it are
    the same. Any verb may raise StoreDown on a store that lies elsewhere.
    """

    direct: Direct | None
    """Set where browsers may bring their bytes without us; None where all bytes go through us."""
    antechamber: Antechamber | None
    """Set where small files may wait until many are finished together; None where each is finished with its own request."""

    def receive(self, stream: Readable, *, limit: int, chunk: int = CHUNK, expected: int | None = None) -> Received:
        """Stream a body into `incoming/` in constant memory, hashing while writing, and fsync it.

        Raises TooLarge at byte `limit + 1`, Incomplete when `expected` bytes were announced and others
        came, StoreFull. After any exception, also one of the stream's own, nothing is left behind.
        """
        ...

    def begin(self) -> Begun:
        """Make a place in `incoming/` for a file that comes in parts."""
        ...

    def receive_part(self, begun: Begun, n: int, stream: Readable, *, length: int, offset: int) -> Part:
        """Take in part `n`: exactly `length` bytes, which belong at `offset` of the whole file. What was noted survives a kill.

        Only `join` promises the whole to survive a power cut too; a part that one took is noticed then, and asked for again.

        The same part may come again and then counts instead of the former one. Raises Incomplete, TooLarge, StoreFull, Busy
        while the same bytes are being written by somebody else, and NoSuchKey when the file was joined or abandoned.
        """
        ...

    def parts(self, begun: Begun) -> list[Part]:
        """Return what lies there, by number; raises NoSuchKey when the file was abandoned or promoted, or, on S3, joined."""
        ...

    def join(self, begun: Begun, parts: Sequence[Part]) -> Received:
        """Make one file of exactly these parts and hash it once, while reading; may be repeated until it is promoted.

        Raises OtherParts when others lie there or their numbers leave gaps, Busy while one is still being written.
        """
        ...

    def abandon(self, begun: Begun) -> None:
        """Drop a file that came in parts and all that lies of it; a missing one is fine."""
        ...

    def promote(self, received: Received, key: str) -> None:
        """Give received bytes their final, immutable key, durably, and drop the incoming name.

        The same content under that key already counts as done, so a retry after a kill succeeds.
        Raises KeyTaken when other content lies there, Altered when the incoming bytes are no longer those that were hashed,
        NoSuchKey when there is nothing to promote.
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
        """Walk what lies under a prefix that ends at a slash (`blobs/`, `blobs/<client>/`, `previews/`, `incoming/`), in no order."""
        ...

    def sweep_incoming(self, *, older_than: datetime, keep: Container[str] = ()) -> int:
        """Drop incoming bytes last written before this moment, but not those to keep, and return how many there were."""
        ...

    def free_bytes(self) -> int | None:
        """Return how many bytes still fit, None where the store has no end."""
        ...


def blob_key(client_id: UUID, upload_id: UUID, *, beside: UUID | None = None) -> str:
    """Name the one place the bytes of an upload lie, made from ids only. What comes together lies in one folder, named by `beside`."""
    return f"{blob_prefix(client_id)}{(beside or upload_id).hex[-2:]}/{upload_id.hex}"


def blob_prefix(client_id: UUID) -> str:
    """Name the folder that holds everything of one client."""
    return f"blobs/{client_id.hex}/"


def preview_key(client_id: UUID, preview_id: UUID) -> str:
    """Name the one place a preview lies: beside the files, never among them, for it can be made again."""
    return f"previews/{client_id.hex}/{preview_id.hex[-2:]}/{preview_id.hex}"


def chosen(lying: Iterable[Part], parts: Sequence[Part]) -> list[Part]:
    """The named parts in order, when exactly these lie there and are numbered from 1 without gaps; raises OtherParts."""
    named, there = {part.n: part for part in parts}, set(lying)
    missing = [n for n in range(1, max(named, default=0) + 1) if n not in named or named[n] not in there]
    if missing or not named or len(named) != len(parts) or min(named) < 1:
        raise OtherParts(missing)
    return [named[n] for n in sorted(named)]


def chunks(stream: BinaryIO, *, size: int = CHUNK) -> Iterator[bytes]:
    """Hand out a stream piece by piece and close it at the end, for a response or a zip."""
    with stream:
        while piece := stream.read(size):
            yield piece
