"""Copies of everything, and bringing them back. The database first, then the files: files are only ever added, so none can be missing.

Previews are left out: `flask doctor --mend` has them made again.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from config import Config

DATABASE, SECRET, FILES = "portal.sqlite3", "secret-key", "files"


class CannotCopy(Exception):
    """Why a backup or restore cannot be made, in a sentence."""


def back_up(config: Config, folder: Path, *, say: Callable[[str], None]) -> None:
    """Copy the database (whole, while people work), the secret key and every file; a second run adds what is new."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    source = sqlite_file(config)
    if source is None:
        say("The database is PostgreSQL: copy it with pg_dump first. Here come the files.")
    else:
        _copy_database(source, folder / DATABASE)
    if (config.data_dir / SECRET).is_file():
        shutil.copy2(config.data_dir / SECRET, folder / SECRET)
    if config.bucket:
        say(f"{folder} holds the backup without the files. They lie in the bucket {config.bucket.name}: copy it by its service's means.")
        return
    added = _copy_files(config.data_dir / FILES / "blobs", folder / FILES / "blobs")
    say(f"{folder} holds the backup, with {added} new files.")


def restore(config: Config, folder: Path) -> None:
    """Put a backup into an empty place: files, key, and last the database."""
    source, target = folder / DATABASE, sqlite_file(config)
    if target is not None:
        if not source.is_file():
            raise CannotCopy(f"There is no {DATABASE} in {folder}.")
        if target.exists():
            raise CannotCopy(f"{target} exists already. Restore into an empty DATA_DIR.")
        check(source)
    config.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if config.bucket and (folder / FILES / "blobs").is_dir():
        raise CannotCopy(f"{folder} holds files, but STORAGE_URL names a bucket. Restore without STORAGE_URL, or copy them into it first.")
    _copy_files(folder / FILES / "blobs", config.data_dir / FILES / "blobs")
    if (folder / SECRET).is_file() and not (config.data_dir / SECRET).exists():
        shutil.copy2(folder / SECRET, config.data_dir / SECRET)
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        _copy_database(source, target)


def sqlite_file(config: Config) -> Path | None:
    """Where the SQLite database lies; None for PostgreSQL."""
    return Path(config.database_url.removeprefix("sqlite:///")) if config.database_url.startswith("sqlite:///") else None


def check(database: Path) -> None:
    """Refuse a copy that is damaged."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
        try:
            found = opened.execute("pragma integrity_check").fetchone()[0]
            broken = opened.execute("pragma foreign_key_check").fetchone()
        except sqlite3.DatabaseError as trouble:
            raise CannotCopy(f"{database} is damaged: {trouble}.") from None
    if found != "ok" or broken:
        raise CannotCopy(f"{database} is damaged: {found if found != 'ok' else 'rows point to nothing'}.")


def _copy_database(source: Path, target: Path) -> None:
    """SQLite's own online copy, under another name until it is whole and checked."""
    if not source.is_file():
        raise CannotCopy(f"There is no database at {source}.")
    half = target.with_name(f"{target.name}.half")
    half.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as living, closing(sqlite3.connect(half)) as copy:
        living.backup(copy)
        copy.execute("pragma journal_mode=delete")
    check(half)
    with half.open("rb") as file:
        os.fsync(file.fileno())
    half.replace(target)


def _copy_files(source: Path, target: Path) -> int:
    added = 0
    for path in source.rglob("*") if source.is_dir() else ():
        place = target / path.relative_to(source)
        if not path.is_file() or (place.is_file() and place.stat().st_size == path.stat().st_size):
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        half = place.with_name(f".half-{place.name}")
        shutil.copy2(path, half)
        half.replace(place)
        added += 1
    return added
