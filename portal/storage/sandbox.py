"""Looking into files that strangers made: in a child process that has little memory, little time, no network, no secrets, and dies alone.

    with store().open(key) as stream:
        answer = sandbox.run("portal.storage.looking:look", stream, told={"kind": "pdf"})              # a JSON object
        answer = sandbox.run("portal.previews:paint", stream, out=open(path, "w+b"), limits=Limits(seconds=30, written=20 << 20))

The work is a function `def look(source: BinaryIO, out: BinaryIO | None, **told) -> dict[str, object]` in a module of the portal; it runs in
the child, reads `source` (a real file, at its start) and may write `out`. Whatever happens to it, `run` comes back: with what it
returned, or with `Ended` (out of time, memory or disk, killed by a crash of its library, or an exception of its own: `trouble`).

A small process without any state of ours is started once; it has the libraries loaded and forks itself for every file, which takes a
few milliseconds. It never imports the portal's pages, tables or settings.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from portal.storage import CHUNK

ROOT = Path(__file__).resolve().parents[2]
BEGIN = """
import sys, types
sys.path.insert(0, sys.argv[1])
home = sys.modules["portal"] = types.ModuleType("portal")  # the rooms we need, without the house's own front door
home.__path__ = [sys.argv[1] + "/portal"]
from portal.storage.sandbox_child import serve
serve(int(sys.argv[2]))
"""
GRACE = 2.0  # seconds a child may take to end by its own alarm before we end it
LONGEST_ANSWER = 256 * 1024


class Ended(Exception):
    """The child did not bring an answer; `trouble` says why: time, memory, killed, or the name of an exception."""

    def __init__(self, trouble: str) -> None:
        super().__init__(trouble)
        self.trouble = trouble


@dataclass(frozen=True)
class Limits:
    """How much one look may use: seconds by the clock and of the processor, bytes of memory, and bytes written to its one output."""

    seconds: float = 15.0
    cpu: int = 10
    memory: int = 1 << 30
    written: int = 0


def run(
    work: str,
    source: BinaryIO,
    *,
    out: BinaryIO | None = None,
    told: Mapping[str, object] | None = None,
    limits: Limits | None = None,
) -> dict[str, object]:
    """Run `module:function` on a file in a child process and return its answer; raises Ended."""
    limits = limits or Limits()
    order = json.dumps({"work": work, "told": dict(told or {}), "limits": asdict(limits)}).encode()
    with contextlib.ExitStack() as open_files:
        files = [open_files.enter_context(_as_file(source)).fileno(), *([out.fileno()] if out else [])]
        ours, theirs = socket.socketpair()
        open_files.enter_context(ours)
        with theirs:
            _nursery.send(theirs.fileno(), *files)
        ours.settimeout(limits.seconds + GRACE)
        return _answer(ours, order)


def _answer(ours: socket.socket, order: bytes) -> dict[str, object]:
    """Give the order, and read first the child's process number, then its answer, until it hangs up."""
    child, said = 0, b""
    try:
        ours.sendall(order + b"\n")
        while len(said) <= LONGEST_ANSWER:
            piece = ours.recv(CHUNK)
            if not piece:
                break
            said += piece
            child = int(said.split(b"\n", 1)[0]) if b"\n" in said else 0
    except TimeoutError:
        if child:  # it holds the other end, so the number is still its own
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        raise Ended("time") from None
    except OSError:
        raise Ended("killed") from None
    _, _, body = said.partition(b"\n")
    try:
        answer: dict[str, object] = json.loads(body)
    except ValueError:
        raise Ended("killed") from None
    if "trouble" in answer:
        raise Ended(str(answer["trouble"]))
    return answer


@contextlib.contextmanager
def _as_file(source: BinaryIO) -> Iterator[BinaryIO]:
    """The source itself where it is a whole file of this machine, else a copy of it that nobody else can reach."""
    if not is_file(source):
        with tempfile.TemporaryFile() as copy:
            while piece := source.read(CHUNK):
                copy.write(piece)
            copy.flush()
            yield copy
        return
    yield source


def is_file(source: BinaryIO) -> bool:
    """Whether a stream shows a whole file of this machine."""
    try:
        return stat.S_ISREG(os.fstat(source.fileno()).st_mode)
    except OSError:
        return False


class _Nursery:
    """The process that forks itself for every look; started when first needed, again when it died, and anew after a fork of ours."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._line: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def send(self, *files: int) -> None:
        """Hand files over to a child: first the line to speak on, then what to look into, then where to write."""
        with self._lock:
            for _ in range(2):
                line = self._ready()
                try:
                    socket.send_fds(line, [b"x"], list(files))
                except OSError:
                    self._stop()
                else:
                    return
        raise Ended("killed")

    def _ready(self) -> socket.socket:
        if self._owner != os.getpid():
            self._line, self._process = None, None
        if self._line is None:
            self._line = self._start()
        return self._line

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-I", "-B", "-c", BEGIN, str(ROOT), str(theirs.fileno())]
        quiet = subprocess.DEVNULL
        with theirs:
            where = [theirs.fileno()]
            self._process = subprocess.Popen(command, env={}, cwd="/", pass_fds=where, stdin=quiet, stdout=quiet)  # noqa: S603 - our own words
        self._owner = os.getpid()
        return ours

    def stop(self) -> None:
        """End it, when it is ours; the next look starts another."""
        with self._lock:
            self._stop()

    def _stop(self) -> None:
        if self._line:
            self._line.close()
        if self._process and self._owner == os.getpid():
            self._process.kill()
            self._process.wait()
        self._line, self._process = None, None


_nursery = _Nursery()
atexit.register(_nursery.stop)
