"""Building the demo firm: once, into an empty place."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import event, func, select

from portal.demo import plans, quizzes, stories, studio
from portal.demo.coming_in import acting_as
from portal.demo.days import Days, tell
from portal.demo.studio import CLIENT, STAFF, ZONE
from portal.demo.tale import Tale
from portal.edges.chores import do_chores
from portal.edges.mail import FolderTransport, Parcel, Undeliverable
from portal.edges.worker import drain
from portal.kernel import jobs
from portal.kernel.clock import Calendar, stopped
from portal.kernel.db import db, open_session
from portal.kernel.outbox import Lane, Outbox, Stand
from portal.kernel.viewer import SYSTEM
from portal.models.people import named_firm

__all__ = ["CLIENT", "STAFF", "HalfBuilt", "build", "build_when_empty"]

DONE = "demo-is-built"


class HalfBuilt(Exception):
    """A firm lies here that the demo did not finish building, or did not build at all."""


def build_when_empty(app: Flask, *, say: Callable[[str], None]) -> None:
    """Build the demo firm unless it is here already."""
    mark = Path(app.config["DATA_DIR"]) / DONE
    open_session(SYSTEM, writes=False)
    found = named_firm()
    db.session.rollback()
    if found and mark.exists():
        return
    if found:
        raise HalfBuilt
    say("Building the demo firm with its clients. This happens once and takes a few seconds …")
    build(app)
    mark.touch()


def build(app: Flask) -> None:
    """Live through the last weeks of Studio Halden."""
    with _in_a_hurry(), jobs.asleep():
        _live(app)


@contextmanager
def _in_a_hurry() -> Iterator[None]:
    """Spare SQLite the wait for the disk after each of a thousand commits; a demo that was cut short is thrown away anyway."""

    def hurry(raw: sqlite3.Connection, _record: object) -> None:
        raw.execute("pragma synchronous=off")

    if db.engine.dialect.name != "sqlite":
        yield
        return
    db.session.remove()
    db.engine.dispose()
    event.listen(db.engine, "connect", hurry)
    try:
        yield
    finally:
        event.remove(db.engine, "connect", hurry)
        db.session.remove()
        db.engine.dispose()


def _live(app: Flask) -> None:
    days = Days(Calendar(ZONE))
    with stopped(days.at(-90, "09:00")):
        staff = studio.found()
        versions = quizzes.publish_all(lambda: acting_as(staff["mara"]))
        plans.publish_all(lambda: acting_as(staff["mara"]))
    told = [studio.at_work(days, staff), *(story(Tale(days, staff, versions)) for story in stories.ALL)]
    tell(told, _PostOffice(app, days))
    do_chores(app, most=100_000)


class _PostOffice:
    """The worker, while the clock is held in the past."""

    def __init__(self, app: Flask, days: Days) -> None:
        self._app = app
        self._way_out = _WayOut(Path(app.config["MAIL_FOLDER"]), full_since=days.at(-4, "00:00"))

    def next_due(self) -> datetime | None:
        """When the next mail has to leave."""
        open_session(SYSTEM, writes=False)
        due = db.session.scalar(select(func.min(Outbox.not_before)).where(Outbox.state == Stand.WAITING, Outbox.lane != Lane.WORK))
        db.session.rollback()
        return due

    def send(self) -> None:
        """Send what is due."""
        db.session.rollback()
        drain(self._app, self._way_out)


class _WayOut(FolderTransport):
    """A mail server for whom one address does not exist any more, and one mailbox is full since a few days."""

    def __init__(self, folder: Path, *, full_since: datetime) -> None:
        super().__init__(folder)
        self._full_since = full_since

    def send(self, parcel: Parcel) -> None:
        """Put the mail into the folder, or refuse it."""
        if parcel.to_address.endswith("@gone.harbour-finch.example"):
            raise Undeliverable("550 5.1.1 no such person here", code=550, bad_address=True)
        if parcel.to_address == "chidi@okafor-dental.example" and parcel.dated > self._full_since:
            raise Undeliverable("552 5.2.2 this mailbox is full", code=552)
        super().send(parcel)
