"""A process of its own for the crash tests: it calls the verbs one by one and may be told to die between them.

    python -m tests.storage.child main ROOT KEY DIE_AFTER

DIE_AFTER is one of: opened, received, linked, synced, promoted, never. Steps inside `promote` are taken with
the same calls as the store's own, because the product has no hooks to die at.
"""

import contextlib
import io
import os
import signal
import sys
from pathlib import Path

from portal.storage import Received, StorageError
from portal.storage.disk import DiskStorage

CONTENT = b"what the client sent " * 10_000


class DyingStream(io.BytesIO):
    """A body whose sender makes us die when half of it has come."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() > len(CONTENT) // 2:
            die()
        return super().read(size)


def die() -> None:
    """End at once, as the kernel's out-of-memory killer would do it."""
    os.kill(os.getpid(), signal.SIGKILL)


def main(root: Path, key: str, die_after: str) -> None:
    """Receive and promote, and die where told."""
    storage = DiskStorage(root)
    if die_after == "opened":
        storage.receive(DyingStream(CONTENT), limit=len(CONTENT), chunk=1000)
    received = storage.receive(io.BytesIO(CONTENT), limit=len(CONTENT))
    print(received.key_in_incoming, received.bytes, received.sha256, flush=True)
    if die_after == "received":
        die()
    if die_after in {"linked", "synced"}:
        (root / key).parent.mkdir(mode=0o700, parents=True)
        os.link(root / received.key_in_incoming, root / key)
        if die_after == "synced":
            os.sync()
        die()
    storage.promote(received, key)
    if die_after == "promoted":
        die()


def race(root: Path, key: str, content: str) -> None:
    """Receive, wait for the word, promote, and say how it ended."""
    storage = DiskStorage(root)
    received = storage.receive(io.BytesIO(content.encode() * 50_000), limit=1 << 30)
    print("ready", flush=True)
    sys.stdin.readline()
    with contextlib.suppress(BrokenPipeError):
        try:
            storage.promote(received, key)
            print("promoted", flush=True)
        except StorageError as error:
            print(type(error).__name__, flush=True)


def again(root: Path, key: str, incoming: str, size: str, sha256: str) -> None:
    """Promote the very same received bytes as another process does at the same time."""
    print("ready", flush=True)
    sys.stdin.readline()
    DiskStorage(root).promote(Received(incoming, int(size), sha256), key)
    print("promoted", flush=True)


def small_files_only(root: Path) -> None:
    """Receive on a machine that does not let a file grow beyond 64 KiB."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
    try:
        DiskStorage(root).receive(io.BytesIO(CONTENT), limit=1 << 30)
    except StorageError as error:
        print(type(error).__name__, flush=True)


def memory(root: Path, megabytes: str) -> None:
    """Receive a long body and print by how many bytes the process grew."""
    import resource

    storage = DiskStorage(root)
    storage.receive(io.BytesIO(CONTENT), limit=1 << 30)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    received = storage.receive(Endless(int(megabytes) << 20), limit=1 << 40)
    with storage.open(received.key_in_incoming) as stream:
        while stream.read(1 << 18):
            pass
    print(received.bytes, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024, flush=True)


class Endless:
    """A body of so many bytes that is never in memory at once."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int, /) -> bytes:
        size = min(size, self.left)
        self.left -= size
        return b"x" * size


if __name__ == "__main__":
    verb, root, *rest = sys.argv[1:]
    {"main": main, "race": race, "again": again, "small_files_only": small_files_only, "memory": memory}[verb](Path(root), *rest)
