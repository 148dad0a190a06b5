"""Asking a virus scanner (clamd). What it does not say is never taken for "clean".

A file is clean, infected, or could not be looked into (too large for the scanner, locked, packed too deep). A scanner that does not
answer is none of these: `ScannerDown` is raised, and the file goes on waiting.
"""

from __future__ import annotations

import contextlib
import io
import struct
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket

from portal.storage import CHUNK

SECONDS_TO_ANSWER = 900.0  # clamd gives up by itself sooner (MaxScanTime), and says so
MOST_SCANNED = 2 * 1024**3 - 1  # clamd looks into nothing larger, whatever its settings
NOT_LOOKED_INTO = ("Heuristics.Limits.Exceeded", "Heuristics.Encrypted")
TEST_VIRUS = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-" + b"TEST-FILE!$H+H*"  # harmless, known to all
TOO_LARGE, LOCKED = "too large", "locked"


class Verdict(StrEnum):
    """What the scanner made of a file."""

    CLEAN = "clean"
    INFECTED = "infected"
    COULD_NOT = "could_not"


@dataclass(frozen=True)
class Scanned:
    """A verdict, and the name of the virus or why it could not be reached."""

    verdict: Verdict
    what: str = ""


class ScannerDown(Exception):
    """The scanner does not answer, or not in its own words."""


class Scanner:
    """clamd at unix:/path or tcp://host:port."""

    def __init__(self, url: str, *, seconds: float = SECONDS_TO_ANSWER) -> None:
        self.url = url
        self._seconds = seconds

    def scan(self, stream: BinaryIO, *, size: int) -> Scanned:
        """Send a file through the scanner; raises ScannerDown."""
        if size > MOST_SCANNED:
            return Scanned(Verdict.COULD_NOT, TOO_LARGE)
        said = self._ask("nINSTREAM\n", stream).removeprefix("stream: ")
        if said == "OK":
            return Scanned(Verdict.CLEAN)
        if said.endswith(" FOUND"):
            name = said.removesuffix(" FOUND")
            return Scanned(Verdict.COULD_NOT if name.startswith(NOT_LOOKED_INTO) else Verdict.INFECTED, name)
        if "size limit exceeded" in said:
            return Scanned(Verdict.COULD_NOT, TOO_LARGE)
        raise ScannerDown(f"the virus scanner said: {said or 'nothing'}")

    def version(self) -> str:
        """What scanner answers, and how old its signatures are; raises ScannerDown."""
        return self._ask("nVERSION\n")

    def problems(self) -> list[str]:
        """What keeps it from being relied on, tried out with files of our own: harmless ones that every scanner has to know."""
        try:
            found = self.scan(io.BytesIO(_zipped(TEST_VIRUS)), size=1)
            deep = self.scan(io.BytesIO(_zipped(b"deep", times=60)), size=1)
        except ScannerDown as down:
            return [f"{down}. Files wait until it does."]
        said = []
        if found.verdict is not Verdict.INFECTED:
            said.append("the virus scanner does not find the test virus in a zip. Does it have its signatures?")
        if deep.verdict is Verdict.CLEAN:
            said.append("the virus scanner calls clean what it did not look into. Write `AlertExceedsMax yes` into clamd.conf.")
        return said

    def _ask(self, command: str, stream: BinaryIO | None = None) -> str:
        """One question on a line of its own. A scanner that has seen enough answers and hangs up: what it said counts."""
        door = _door(self.url, self._seconds)
        try:
            door._init_socket()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                door.clamd_socket.sendall(command.encode())
                while stream and (piece := stream.read(CHUNK)):
                    door.clamd_socket.sendall(struct.pack("!L", len(piece)) + piece)
                if stream:
                    door.clamd_socket.sendall(struct.pack("!L", 0))
            answer: str = door._recv_response()
        except (ClamdError, OSError, UnicodeDecodeError) as trouble:
            raise ScannerDown(f"the virus scanner does not answer: {trouble}") from trouble
        finally:
            if hasattr(door, "clamd_socket"):
                door.clamd_socket.close()
        if not answer:
            raise ScannerDown("the virus scanner hung up without an answer")
        return answer


def _door(url: str, seconds: float) -> ClamdNetworkSocket:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return ClamdUnixSocket(unquote(parts.path), timeout=int(seconds))
    return ClamdNetworkSocket(parts.hostname or "", parts.port or 0, timeout=seconds)


def _zipped(content: bytes, *, times: int = 1) -> bytes:
    for _ in range(times):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a", content)
        content = out.getvalue()
    return content


_chosen: list[Scanner] = []


def use(url: str) -> None:
    """Choose the scanner of this process; none where there is no address."""
    _chosen[:] = [Scanner(url)] if url else []


def scanner() -> Scanner | None:
    """The scanner of this process, if there is one."""
    return _chosen[0] if _chosen else None
