"""Small files that wait in the antechamber: what this process knows of their bytes, so that nobody reads them again.

Nobody waits for the disk when they come, only when they are finished. So each carries its hash as a label: whoever finishes one that
another process took in reads it, and finds out when a power cut took something of it.
"""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from threading import Lock

LABEL = "user.sha256"
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


def label(file: int, sha256: str) -> bool:
    """Write the hash of a file beside its bytes; False on a disk that has no place for it."""
    try:
        os.setxattr(file, LABEL, sha256.encode("ascii"))
    except (OSError, AttributeError):  # not every system has such words, nor every file system
        return False
    return True


def read_again(file: int) -> str | None:
    """The hash of what lies in a file; None when that is not what was labelled."""
    with open(os.dup(file), "rb", buffering=0) as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    try:
        return sha256 if os.getxattr(file, LABEL) == sha256.encode("ascii") else None
    except (OSError, AttributeError):  # without a label, the disk had all of it before it got its name
        return sha256
