"""What a process of its own does that sends one file as Bea and dies at a point it was told.

The points lie around the two truths, bytes in the store and the row in the database. The product has no hooks to die at, so we die in
the database driver's and the store's own calls.
"""

from __future__ import annotations

import io
import os
import signal
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from portal.edges import chores
from portal.edges.queue import tidy_up
from portal.kernel import clock
from portal.kernel.db import db
from portal.models.people import Person
from portal.storage import Received, current
from portal.storage.disk import DiskStorage
from tests.support.browser import Browser
from tests.support.cast import PDF, reading
from tests.support.house import build, configuration


def die() -> None:
    """End at once, as `kill -9` and a power cut do."""
    os.kill(os.getpid(), signal.SIGKILL)


class Dying(DiskStorage):
    """The disk, whose process dies before or after bytes are promoted."""

    point = ""

    def promote(self, received: Received, key: str) -> None:
        """Promote, or die trying."""
        if self.point == "before the bytes are safe":
            die()
        super().promote(received, key)
        if self.point == "after the bytes are safe":
            die()


class Deleting(DiskStorage):
    """The disk, whose process dies before or after bytes are removed."""

    point = ""

    def delete(self, key: str) -> None:
        """Remove, or die trying."""
        if self.point == "before the bytes go":
            die()
        super().delete(key)
        die()


def die_at(point: str) -> None:
    """Die around the commit that writes the file's row."""
    row_is_on_its_way = []

    def watch(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO upload"):
            row_is_on_its_way.append(True)

    def at_commit(_: object) -> None:
        if row_is_on_its_way:
            die()

    sa.event.listen(db.engine, "before_cursor_execute", watch)
    if point == "before the row is committed":
        sa.event.listen(db.engine, "commit", at_commit)
    if point == "after the row is committed":
        sa.event.listen(db.session, "after_commit", at_commit)


def send_file(data_dir: str, url: str, item_id: str, point: str) -> None:
    """Send the file."""
    app = build(configuration(Path(data_dir), database_url=url))
    storage = Dying(Path(data_dir) / "files")
    storage.point = point
    current.use(storage)
    with reading(app) as session:
        bea = session.scalars(sa.select(Person).where(Person.email_canon == "bea@birch.example")).one()
    browser = Browser(app).sign_in(bea)
    browser.get(f"/items/{item_id}/files")
    with app.app_context():
        die_at(point)
    browser.post(f"/items/{item_id}/files", {"files": (io.BytesIO(PDF), "Plan.pdf"), "act": "send"}, None)


def let_pictures_go(data_dir: str, url: str, moment: str, point: str) -> None:
    """Do what the worker does every hour and right after it, and die."""
    app = build(configuration(Path(data_dir), database_url=url))
    storage = Deleting(Path(data_dir) / "files")
    storage.point = point
    current.use(storage)
    with clock.stopped(datetime.fromisoformat(moment)):
        tidy_up(app)
        chores.do_chores(app)
