"""Bodies that a web server in front has written to files of its own: read like any stream, or taken over as they lie."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from portal.storage import StorageError, TooLarge
from portal.storage.writing import full_in_words

NAME = re.compile(r"[0-9]{1,40}", re.ASCII)  # as nginx calls them
ELSEWHERE = (errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP)  # another file system, or one that knows no second names


class NotHanded(StorageError):
    """There is no such file in the folder, or it is none that a web server has written."""


class Handed(io.FileIO):
    """One of these files, open. It must lie in the folder itself, be a file and no link to one, and have no second name."""

    def __init__(self, folder: Path, said: str) -> None:
        path = Path(said)
        if path.parent != folder or not NAME.fullmatch(path.name):
            raise NotHanded(said)
        try:
            file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            raise NotHanded(said) from error
        self.lies_at, self.facts = path, os.fstat(file)
        if not stat.S_ISREG(self.facts.st_mode) or self.facts.st_nlink != 1:
            os.close(file)
            raise NotHanded(said)
        super().__init__(file, "rb")

    @property
    def length(self) -> int:
        """How many bytes it has."""
        return self.facts.st_size

    def also_at(self, place: Path) -> bool:
        """Give it a second name, where nothing may lie; False when that is not possible from where it lies."""
        try:
            os.link(self.lies_at, place, follow_symlinks=False)
        except OSError as error:
            if error.errno in ELSEWHERE:
                return False
            raise
        if not os.path.samestat(place.lstat(), self.facts):
            place.unlink()
            raise NotHanded(str(self.lies_at))
        os.fchmod(self.fileno(), 0o600)
        return True


def take_over(path: Path, body: Handed, *, limit: int, may_wait: Callable[[int, str], bool] | None) -> tuple[int, str] | None:
    """Make it the file at `path` without copying, fsync it, and return its length and SHA-256; None where it has to be copied. What
    `may_wait` says yes to, as in `write_new`, is synced later."""
    if body.length > limit:
        raise TooLarge(limit)
    with full_in_words():
        if not body.also_at(path):
            return None
        sha256 = hashlib.file_digest(body, "sha256").hexdigest()
        if not (may_wait and may_wait(body.fileno(), sha256)):
            os.fsync(body.fileno())
    body.lies_at.unlink(missing_ok=True)
    return body.length, sha256


def forgotten(folder: Path, *, before: float) -> Iterator[Path]:
    """What a killed web server left behind: files last written before this moment (seconds since 1970)."""
    with os.scandir(folder) as entries:
        for entry in entries:
            facts = entry.stat(follow_symlinks=False)
            if stat.S_ISREG(facts.st_mode) and facts.st_mtime < before:
                yield Path(entry.path)


def drop(paths: Iterable[Path]) -> None:
    """Take such files away."""
    for path in paths:
        path.unlink(missing_ok=True)
