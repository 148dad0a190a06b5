"""What lies on the disk is for the user the portal runs as, and for nobody else on the machine."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from config import Config
from portal.edges.backup import sqlite_file

OTHERS = 0o077


def open_to_others(config: Config) -> Iterator[Path]:
    """What other users of this machine may enter or read: the data folder and what lies in it, the database, and mails in a folder.

    Received files have a look of their own (`storage/care.py`).
    """
    yield from (path for path in _ours(config) if _mode(path) & OTHERS)


def close_to_others(path: Path) -> None:
    """Leave it to its owner alone."""
    path.chmod(_mode(path) & ~OTHERS)


def _ours(config: Config) -> Iterator[Path]:
    data = config.data_dir
    yield data
    yield from (path for path in sorted(data.iterdir()) if path.name != "files" and not path.is_symlink())
    database = sqlite_file(config)
    if database and database.parent != data:
        yield from sorted(database.parent.glob(f"{database.name}*"))
    mails = Path(config.mail_folder) if config.mail_folder else None
    if mails and mails.is_dir():
        yield from ([mails] if mails.parent != data else [])
        yield from sorted(mails.glob("*.eml"))


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:  # a log of the database or a mail that was just being written
        return 0
