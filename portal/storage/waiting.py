"""Small files that wait in the antechamber: what this process knows of their bytes, so that nobody reads them again."""

from __future__ import annotations

import os
from collections import OrderedDict
from threading import Lock

MOST = 4096  # files that wait at once; what falls out is read when it is finished


class Hashes:
    """The hashes of files this process has written, each good for exactly the file it was made of."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[str, str]] = OrderedDict()
        self._lock = Lock()

    def note(self, key: str, mark: str, sha256: str) -> None:
        """Remember a file."""
        with self._lock:
            self._known[key] = mark, sha256
            while len(self._known) > MOST:
                self._known.popitem(last=False)

    def known(self, key: str, mark: str) -> str | None:
        """The hash of this very file."""
        with self._lock:
            noted, sha256 = self._known.get(key, ("", ""))
        return sha256 if noted == mark else None

    def drop(self, key: str) -> None:
        """Forget a file."""
        with self._lock:
            self._known.pop(key, None)


def mark(facts: os.stat_result) -> str:
    """What tells one file from every other that was, or will be, under its name."""
    return f"{facts.st_ino}:{facts.st_size}:{facts.st_mtime_ns}"
