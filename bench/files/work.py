"""The pieces of work: each is done the same way by everybody who can, timed, and what was stored is read back and compared."""

from __future__ import annotations

import contextlib
import hashlib
import os
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import Queue
from urllib.parse import quote

from bench.files.house import HOST, House, Server
from bench.files.limits import sha256
from bench.files.meters import MIB, anonymous, measured, spent
from bench.files.sender import Line, Sender, at_once
from bench.files.table import Table


class Sources:
    """Files to send, in the page cache, with their hashes."""

    def __init__(self, folder: Path, *, big: int, small: int, many: int) -> None:
        folder.mkdir()
        self.big = _made(folder / "big.dat", big)
        self.small = [_made(folder / f"small-{n:03}.dat", 1) for n in range(small)]
        self.many = [_made(folder / f"many-{n}.dat", many) for n in range(8)]
        self.hashes = {path: sha256(path) for path in [self.big, *self.small, *self.many]}


class Portal:
    """Our own server, as somebody who sends sees it."""

    def __init__(self, house: House, server: Server, *, front: int = 0, also: int = 0) -> None:
        """`front` is the port of what stands in front, `also` the process of it, whose time counts too."""
        self.house, self.server, self.front, self.also = house, server, front, also
        self.rest = 0.0

    def settle(self) -> None:
        """Look at some pages first, so that rest is what a portal in use takes."""
        for _ in range(20):
            look(self.server.port, self.house.looker.cookie)
        self.rest = anonymous(self.server.pid)

    def send(self, files: Sequence[Path], table: Table, way: str, sources: Sources, *, parts: bool) -> None:
        """Send files over the real protocol and compare what is stored."""
        port = self.front or self.server.port
        sender = Sender(port, self.house.place())
        before = spent(self.also) if self.also else 0.0
        with measured(self.server.pid) as meter:
            if not parts:
                sender.small(files)
            elif len(files) == 1:
                sender.big(files[0])
            else:
                together(lambda file: Sender(port, sender.place).big(file), files)
        cpu = meter.cpu + (spent(self.also) - before if self.also else 0.0)
        size = sum(file.stat().st_size for file in files)
        note(table, way, meter.seconds, size, len(files), small=not parts, cpu=cpu, memory=meter.peak - self.rest)
        self.compare(sender.place.item, files, sources)

    def compare(self, item: object, files: Sequence[Path], sources: Sources) -> None:
        """Read every stored file back; outside of any timed part."""
        kept = self.house.stored(item)  # type: ignore[arg-type]
        found = sorted(_hash(self.house, key) for key, _, _ in kept)
        if found != sorted(sources.hashes[file] for file in files) or found != sorted(row[2] for row in kept):
            raise SystemExit(f"What is stored is not what was sent: {len(found)} of {len(files)} files.")


def note(
    table: Table,
    way: str,
    seconds: float,
    size: int,
    count: int,
    *,
    small: bool = False,
    cpu: float | None = None,
    memory: float | None = None,
) -> None:
    """Write one result down: files a second for small ones, else MiB a second; processor seconds per GiB."""
    rate = count / seconds if small else size / MIB / seconds
    per = None if cpu is None else cpu * 1024 * MIB / size
    table.add(way, rate, unit="files/s" if small else "MiB/s", cpu=per, memory=memory)


def put_all(
    port: int, pid: int, files: Sequence[Path], table: Table, way: str, sources: Sources, root: Path, *, small: bool = False
) -> None:
    """The same files to somebody who just takes a PUT; eight large ones at once, small ones three at once as from our page."""
    waiting: Queue[tuple[str, Path]] = Queue()
    for file in files:
        waiting.put((f"/{quote(file.name)}", file))
    with measured(pid) as meter:
        at_once(port, {}, waiting, **({} if small else {"lines": len(files)}))
    note(table, way, meter.seconds, sum(file.stat().st_size for file in files), len(files), small=small, cpu=meter.cpu)
    for file in files:
        if sha256(root / file.name) != sources.hashes[file]:
            raise SystemExit(f"{way} stored something else than {file.name}.")
        (root / file.name).unlink()


def together(send, files: Sequence[Path]) -> None:  # type: ignore[no-untyped-def]
    """All at once, each by a client of its own."""
    troubles: list[BaseException] = []

    def one(file: Path) -> None:
        try:
            send(file)
        except BaseException as trouble:
            troubles.append(trouble)

    threads = [threading.Thread(target=one, args=(file,)) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if troubles:
        raise troubles[0]


def look(port: int, cookie: str) -> float:
    """Open the client's home once; how many milliseconds that took."""
    line = Line(port, {"Host": HOST, "Cookie": cookie})
    begin = time.perf_counter()
    line.ask("GET", "/")
    line.close()
    return (time.perf_counter() - begin) * 1000


@contextlib.contextmanager
def looking(port: int, cookie: str) -> Iterator[list[float]]:
    """Somebody opens the home page every second while the block runs (open loop, at fixed moments)."""
    took: list[float] = []
    done = threading.Event()

    def watch() -> None:
        due = time.monotonic()
        while not done.is_set():
            took.append(look(port, cookie))
            due += 1
            done.wait(max(0.0, due - time.monotonic()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield took
    finally:
        done.set()
        watcher.join()


def p95(found: Sequence[float]) -> float:
    """The slowest but one in twenty."""
    return statistics.quantiles(found, n=20)[18] if len(found) > 1 else (found[0] if found else 0.0)


def _made(path: Path, mib: int) -> Path:
    with path.open("wb") as file:
        for _ in range(mib):
            file.write(os.urandom(MIB))
    return path


def _hash(house: House, key: str) -> str:
    with house.open(key) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
