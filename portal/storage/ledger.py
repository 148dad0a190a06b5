"""Which parts of a file lie on the disk: a small file beside it, to which a line is added when a part begins anew and when it is safe.

A line is added after the bytes are written, so that a killed process never promises more than there is; a line that a kill tore is no
line. Lines carry a nonce of their own: two of them are one and the same only when one and the same write made them.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from portal.storage import Busy, NoSuchKey, Part, Received

_WHOLE = "."  # how every line ends; without it a kill tore it


@dataclass(frozen=True, slots=True)
class Laid:
    """One part as the ledger knows it: where it lies, and which write brought it there."""

    n: int
    offset: int
    bytes: int
    etag: str
    nonce: str

    @property
    def end(self) -> int:
        """The first byte that is not part of it any more."""
        return self.offset + self.bytes

    @property
    def part(self) -> Part:
        """The part as others know it."""
        return Part(self.n, self.bytes, self.etag)


class Ledger:
    """The parts of one file."""

    def __init__(self, path: Path, key_in_incoming: str) -> None:
        self._path = path
        self._key = key_in_incoming
        self.laid: dict[int, Laid] = {}
        self.joined: Received | None = None
        self.joined_of = ""
        try:
            lines = path.read_text("ascii", "replace").splitlines()
        except FileNotFoundError:
            raise NoSuchKey(key_in_incoming) from None
        for line in lines:
            self._follow(line.split())

    def in_order(self) -> list[Laid]:
        """What lies there, by number."""
        return [self.laid[n] for n in sorted(self.laid)]

    def forget(self, start: int, end: int, *, also: int) -> None:
        """Take back every part that lies in this range, and this number, before something else is written there."""
        for laid in [each for each in self.laid.values() if each.n == also or (each.offset < end and start < each.end)]:
            self._add("void", laid.n)

    def note(self, part: Part, *, offset: int) -> Laid:
        """Write down that a part is safe."""
        laid = Laid(part.n, offset, part.bytes, part.etag, secrets.token_hex(8))
        self._add("part", laid.n, laid.offset, laid.bytes, laid.etag, laid.nonce)
        return laid

    def seal(self, received: Received, parts: Sequence[Part]) -> None:
        """Write down that the file is whole; from now on no part may be written any more."""
        self._add("joined", received.bytes, received.sha256, _mark(parts))

    def is_joined_of(self, parts: Sequence[Part]) -> bool:
        """Say whether it was made of these parts."""
        return self.joined_of == _mark(parts)

    def _add(self, *words: object) -> None:
        """Append one line with one write, on a line of its own even after a torn one."""
        line = " ".join(map(str, (*words, _WHOLE)))
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            os.write(file, f"\n{line}\n".encode("ascii"))
        finally:
            os.close(file)
        self._follow(line.split())

    def _follow(self, words: list[str]) -> None:
        match words:
            case ["part", n, offset, size, etag, nonce, "."]:
                self.laid[int(n)] = Laid(int(n), int(offset), int(size), etag, nonce)
            case ["void", n, "."]:
                self.laid.pop(int(n), None)
            case ["joined", size, sha256, of, "."]:
                self.joined, self.joined_of = Received(self._key, int(size), sha256), of


def _mark(parts: Sequence[Part]) -> str:
    """What tells one list of parts from another."""
    return hashlib.sha256(repr([(part.n, part.etag) for part in parts]).encode()).hexdigest()


def claim(file: int, start: int = 0, length: int = 0) -> None:
    """Keep everybody else out of this range of an open file (0: to its end) until it is closed; raises Busy instead of waiting."""
    try:
        if hasattr(fcntl, "F_OFD_SETLK"):
            fcntl.fcntl(file, fcntl.F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, start, length, 0))
        else:  # elsewhere than on Linux the parts of one file come one after another
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        raise Busy("these bytes are just being written by somebody else") from None
