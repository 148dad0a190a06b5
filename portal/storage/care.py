"""Whether a store is set up as it must be, and what of it can be set right from here."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.storage.disk import DiskStorage

LITTLE = 2 * 1024**3  # bytes of free room from which on somebody should look


@dataclass(frozen=True)
class Trouble:
    """Something about a store that is not as it must be, and how to set it right where that is possible."""

    words: str
    mend: Callable[[], object] | None = None


def look_at_disk(storage: DiskStorage) -> Iterator[Trouble]:
    """The folder must be one file system, ours alone, and have room."""
    folders = [storage.root, *(storage.root / name for name in ("incoming", "parts", "blobs"))]
    if len({folder.stat().st_dev for folder in folders}) > 1:
        yield Trouble(f"{storage.root} spans several file systems. Files cannot be moved from incoming to blobs; make it one.")
    for folder in folders:
        if folder.stat().st_mode & 0o077:
            yield Trouble(f"{folder} can be entered by other users of this machine.", _ours_alone(folder))
        if not os.access(folder, os.W_OK | os.X_OK):
            yield Trouble(f"{folder} cannot be written by the user the portal runs as.")
    free = storage.free_bytes()
    if free is not None and free < LITTLE:
        yield Trouble(f"The disk of {storage.root} has room for {free // 1024**2} MiB of files.")


def _ours_alone(folder: Path) -> Callable[[], object]:
    return lambda: folder.chmod(0o700)
