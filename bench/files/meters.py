"""What the machine did meanwhile: memory of a server at its highest, processor time, and how busy others were."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
MIB = 1024 * 1024


@dataclass
class Meter:
    """What one timed part cost."""

    seconds: float = 0.0
    cpu: float = 0.0
    peak: float = 0.0


@contextlib.contextmanager
def measured(pid: int) -> Iterator[Meter]:
    """Time a part; memory and processor time are those of one server and its children. The disk is quiet before it begins."""
    os.sync()
    meter, done = Meter(), threading.Event()
    watcher = threading.Thread(target=_watch, args=(pid, meter, done), daemon=True)
    before, begin = spent(pid), time.perf_counter()
    watcher.start()
    try:
        yield meter
    finally:
        meter.seconds = time.perf_counter() - begin
        meter.cpu = spent(pid) - before
        done.set()
        watcher.join()


def anonymous(pid: int) -> float:
    """MiB of memory that are this process's own and its children's, not the file cache's."""
    return sum(_anonymous(each) for each in [pid, *children(pid)]) / 1024


def proportional(pid: int) -> float:
    """MiB of memory in all, what is shared counted in parts (PSS)."""
    total = 0
    for each in [pid, *children(pid)]:
        with contextlib.suppress(OSError):
            found = [line for line in Path(f"/proc/{each}/smaps_rollup").read_text().splitlines() if line.startswith("Pss:")]
            total += sum(int(line.split()[1]) for line in found)
    return total / 1024


def children(pid: int) -> list[int]:
    """All that a process started, and what these started."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (task / "children").read_text().split()):
                found += [child, *children(child)]
    return found


class Others:
    """How much of the machine somebody else used since this was made."""

    def __init__(self) -> None:
        self._begin = time.perf_counter()
        self._before = _busy() - _own()

    @property
    def cores(self) -> float:
        """Processors that worked for others, on average."""
        return max(0.0, (_busy() - _own() - self._before) / max(0.001, time.perf_counter() - self._begin))


def calibration() -> str:
    """How fast this machine is right now, at things that have nothing to do with us."""
    block = bytes(64 * MIB)
    begin = time.perf_counter()
    hashlib.sha256(block)
    hashed = time.perf_counter()
    total = 0
    for n in range(5_000_000):
        total += n
    looped = time.perf_counter()
    one, five, fifteen = os.getloadavg()
    rate = 64 / (hashed - begin)
    return f"SHA-256 {rate:,.0f} MiB/s · 5 million steps of Python {looped - hashed:.2f} s · load {one:.1f} {five:.1f} {fifteen:.1f}"


def _watch(pid: int, meter: Meter, done: threading.Event) -> None:
    while not done.wait(0.05):
        meter.peak = max(meter.peak, anonymous(pid))


def _anonymous(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
    return 0


def spent(pid: int) -> float:
    """Processor seconds of a process and its children so far."""
    return sum(_ticks(each) for each in [pid, *children(pid)]) / TICKS


def _own() -> float:
    own = os.times()
    return own.user + own.system + own.children_user + own.children_system + sum(_ticks(each) for each in children(os.getpid())) / TICKS


def _ticks(pid: int) -> int:
    with contextlib.suppress(OSError):
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, words[11:15]))
    return 0


def _busy() -> float:
    user, nice, system, _, _, *more = map(int, Path("/proc/stat").read_text().splitlines()[0].split()[1:])
    return (user + nice + system + sum(more[:2])) / TICKS
