"""Other tools that take files, where they are installed: copyparty (Python) and the tus server of its makers (Node)."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.files.house import free_port
from bench.files.limits import sha256, wait_for
from bench.files.meters import MIB, measured
from bench.files.sender import Line
from bench.files.table import Table
from bench.files.work import Sources, note

PART = 8 * MIB
TUS = """
import {{ Server }} from "@tus/server";
import {{ FileStore }} from "@tus/file-store";
const tus = new Server({{ path: "/files", datastore: new FileStore({{ directory: "{folder}" }}) }});
tus.listen({{ host: "127.0.0.1", port: {port} }});
"""


@dataclass
class Peer:
    """Another tool while it runs."""

    name: str
    port: int
    pid: int
    folder: Path


@contextlib.contextmanager
def copyparty(folder: Path) -> Iterator[Peer | None]:
    """copyparty from BENCH_COPYPARTY (a command) or the PATH."""
    command = os.environ.get("BENCH_COPYPARTY") or shutil.which("copyparty")
    if not command:
        yield None
        return
    port, root = free_port(), folder / "copyparty"
    root.mkdir()
    more = ["-q", "-i", "127.0.0.1", "-p", str(port), "-v", f"{root}::A", "--hist", str(folder / "hist")]
    with _running([*command.split(), *more], folder) as process:
        wait_for(port, process, seconds=60)
        yield Peer("copyparty, PUT", port, process.pid, root)


@contextlib.contextmanager
def tus(folder: Path) -> Iterator[Peer | None]:
    """@tus/server from the node_modules in BENCH_TUS."""
    modules = os.environ.get("BENCH_TUS")
    if not modules or not shutil.which("node"):
        yield None
        return
    port, root = free_port(), folder / "tus"
    root.mkdir()
    script = Path(modules) / "courtside-bench.mjs"
    script.write_text(TUS.format(folder=root, port=port))
    with _running(["node", str(script)], folder) as process:
        wait_for(port, process, seconds=60)
        yield Peer("@tus/server, 8 MiB PATCHes", port, process.pid, root)


def measure(peer: Peer, table: Table, sources: Sources) -> None:
    """The large file, once."""
    source = sources.big
    line = Line(peer.port)
    with measured(peer.pid) as meter:
        if peer.name.startswith("@tus"):
            _patches(line, source)
        else:
            line.put("/big.dat", source)
    line.close()
    note(table, peer.name, meter.seconds, source.stat().st_size, 1, cpu=meter.cpu)
    (stored,) = [path for path in peer.folder.iterdir() if path.is_file() and path.stat().st_size == source.stat().st_size]
    if sha256(stored) != sources.hashes[source]:
        raise SystemExit(f"{peer.name} stored something else.")
    stored.unlink()


def _patches(line: Line, source: Path) -> None:
    size = source.stat().st_size
    line.headers = {"Tus-Resumable": "1.0.0"}
    made = line.ask("POST", "/files", b"", good=(201,), **{"Upload-Length": str(size)})
    url = "/files/" + made.headers["Location"].rsplit("/", 1)[1]
    for start in range(0, size, PART):
        kind = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(start)}
        line.put(url, source, start=start, length=min(PART, size - start), method="PATCH", **kind)


@contextlib.contextmanager
def _running(command: list[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "peers.log").open("ab") as log, subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as process:
        try:
            yield process
        finally:
            process.kill()
