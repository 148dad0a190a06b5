"""Bringing the database's tables up to date, by one process at a time."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import func, select

from portal.kernel.db import db

LOCK = 0x636F7572  # any number will do, as long as nobody else in this database locks it


def migrate() -> None:
    """Run the migrations that are still missing; whoever comes second waits and then finds nothing to do."""
    with _alone():
        upgrade()


@contextmanager
def _alone() -> Iterator[None]:
    folder = Path(current_app.config["DATA_DIR"])
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "migrate.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if db.engine.dialect.name != "postgresql":
            yield
            return
        with db.engine.connect() as held:
            held.execute(select(func.pg_advisory_lock(LOCK)))
            yield
            held.execute(select(func.pg_advisory_unlock(LOCK)))
