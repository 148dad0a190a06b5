"""Files that come to the disk in parts: one file, into which every part is written at its place, and a ledger of what lies there.

Joining copies nothing. Parts that came in order through this process were hashed while they came; otherwise the file is read once,
and every part is compared with its ETag on the way: that finds a part of which a power cut took something, and asks for it again.
So a part outlives the process as soon as it is noted, and everything is on the disk for good when it was joined.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from portal.storage import CHUNK, Begun, Incomplete, NoSuchKey, OtherParts, Part, Readable, Received, StoreFull, chosen
from portal.storage.ledger import Laid, Ledger, claim
from portal.storage.shapes import new_incoming
from portal.storage.trails import Trails
from portal.storage.writing import Hashing, full_in_words, pieces, start_writing, sync_folder, write_all


class DiskParts:
    """The verbs for parts; `incoming/` and `parts/` lie under the root."""

    root: Path

    def __init__(self) -> None:
        self._trails = Trails()

    def begin(self) -> Begun:
        """Make an empty file and its ledger, durably."""
        begun = Begun(new_incoming(), "")
        with full_in_words():
            for path in (self._place(begun), self._ledger_of(begun.key_in_incoming)):
                os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
                sync_folder(path.parent)
        return begun

    def receive_part(self, begun: Begun, n: int, stream: Readable, *, length: int, offset: int) -> Part:
        """Write one part at its place and note it; while it comes nobody else may write there. `join` waits for the disk, once."""
        if n < 1 or length < 1 or offset < 0:
            raise ValueError(f"no part {n} of {length} bytes at {offset}")
        self._need_room(length)
        with self._opened(begun) as file, full_in_words():
            claim(file, offset, length)
            ledger = self._ledger(begun)
            if ledger.joined:
                raise NoSuchKey(begun.key_in_incoming)
            ledger.forget(offset, offset + length, also=n)
            trail = self._trails.upto(begun.key_in_incoming, offset)
            etag = _lay(file, stream, length=length, offset=offset, digest=trail.digest if trail else None)
            start_writing(file, offset, length)
            laid = ledger.note(Part(n, length, etag), offset=offset)
            self._trails.follow(begun.key_in_incoming, trail, laid)
        return laid.part

    def parts(self, begun: Begun) -> list[Part]:
        """What the ledger knows, by number."""
        return [laid.part for laid in self._ledger(begun).in_order()]

    def join(self, begun: Begun, parts: Sequence[Part]) -> Received:
        """Hash what lies there, unless that happened while it came, cut off what was not named, and close the ledger."""
        with self._opened(begun) as file, full_in_words():
            claim(file)
            ledger = self._ledger(begun)
            if ledger.joined:
                if not ledger.is_joined_of(parts):
                    raise OtherParts
                return ledger.joined
            lying = _lying(ledger, parts)
            sha256 = self._trails.known(begun.key_in_incoming, lying) or _hashed(file, lying, ledger)
            received = Received(begun.key_in_incoming, lying[-1].end, sha256)
            if os.fstat(file).st_size != received.bytes:
                os.ftruncate(file, received.bytes)
            os.fsync(file)
            ledger.seal(received, parts)
        self._trails.drop(begun.key_in_incoming)
        return received

    def abandon(self, begun: Begun) -> None:
        """Drop the file and its ledger."""
        self._place(begun).unlink(missing_ok=True)
        self._forget_parts(begun.key_in_incoming)

    def _forget_parts(self, key_in_incoming: str) -> None:
        """Drop the ledger of a file that is no longer in the antechamber."""
        self._ledger_of(key_in_incoming).unlink(missing_ok=True)
        self._trails.drop(key_in_incoming)

    def free_bytes(self) -> int | None:
        """How many bytes still fit."""
        raise NotImplementedError

    def _need_room(self, count: int) -> None:
        """Refuse to write into what is kept free."""
        free = self.free_bytes()
        if free is not None and free <= count:
            raise StoreFull("what is left of the disk is kept for the database")

    def _place(self, begun: Begun) -> Path:
        """Where the bytes of this file lie."""
        raise NotImplementedError

    def _ledger_of(self, key_in_incoming: str) -> Path:
        return self.root / "parts" / key_in_incoming.removeprefix("incoming/")

    def _ledger(self, begun: Begun) -> Ledger:
        self._place(begun)
        return Ledger(self._ledger_of(begun.key_in_incoming), begun.key_in_incoming)

    @contextmanager
    def _opened(self, begun: Begun) -> Iterator[int]:
        """The file, open for reading and writing; what was claimed of it is free again at the end."""
        try:
            file = os.open(self._place(begun), os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            raise NoSuchKey(begun.key_in_incoming) from None
        try:
            yield file
        finally:
            os.close(file)


def _lay(file: int, stream: Readable, *, length: int, offset: int, digest: hashlib._Hash | None) -> str:
    """Write exactly `length` bytes at their place, and never one beyond; returns the ETag."""
    check, size = 0, 0
    with Hashing(digest, stream) as hash_on:
        for piece in pieces(stream, limit=length, chunk=hash_on.piece):
            hash_on(piece)
            check = 0 if digest else zlib.crc32(piece, check)
            write_all(file, piece, offset + size)
            size += len(piece)
    if size != length:
        raise Incomplete(expected=length, got=size)
    return _etag(digest or check, length)


def _etag(seen: hashlib._Hash | int, length: int) -> str:
    """The mark of a part: what the file hashes to up to its end where that is known, else the checksum of the part alone."""
    return f"{seen:08x}-{length:x}" if isinstance(seen, int) else f"{seen.hexdigest()[:32]}-{length:x}"


def _lying(ledger: Ledger, parts: Sequence[Part]) -> list[Laid]:
    """The named parts as they lie there, without gaps between them."""
    known = [laid.part for laid in ledger.in_order()]
    lying, end = [ledger.laid[part.n] for part in chosen(known, parts)], 0
    for laid in lying:
        if laid.offset != end:
            raise Incomplete(expected=laid.offset, got=end)
        end = laid.end
    return lying


def _hashed(file: int, lying: Sequence[Laid], ledger: Ledger) -> str:
    """Read the file once; a part that is no longer what was noted is taken back and has to come again, and so are those behind it whose
    marks tell of the file up to there."""
    digest, buffer, changed = hashlib.sha256(), memoryview(bytearray(4 * CHUNK)), []
    for laid in lying:
        at, check = laid.offset, 0
        while count := os.preadv(file, [buffer[: min(len(buffer), laid.end - at)]], at) if at < laid.end else 0:
            check = zlib.crc32(buffer[:count], check)
            digest.update(buffer[:count])
            at += count
        if laid.etag not in (_etag(check, at - laid.offset), _etag(digest, at - laid.offset)):
            changed.append(laid)
    for laid in changed:
        ledger.forget(laid.offset, laid.end, also=laid.n)
    if changed:
        raise OtherParts([laid.n for laid in changed])
    return digest.hexdigest()
