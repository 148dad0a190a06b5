"""Building the demo firm: once, into an empty place."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import event, func, select

from portal.demo import papers, quizzes, stories
from portal.demo.days import Days, tell
from portal.demo.tale import Tale
from portal.edges.mail import FolderTransport, Parcel, Undeliverable
from portal.edges.setting_up import Beginning, set_up
from portal.edges.worker import drain
from portal.kernel import jobs
from portal.kernel.action import action
from portal.kernel.addresses import canonical_address
from portal.kernel.clock import Calendar, stopped
from portal.kernel.db import db, open_session
from portal.kernel.outbox import Outbox, Stand
from portal.kernel.record import FIRM, Kind, record
from portal.kernel.viewer import SYSTEM, Viewer
from portal.models import sessions
from portal.models.people import Person, StaffRole, the_firm
from portal.storage import blob_key
from portal.storage.current import store

STAFF, CLIENT = "mara@studio-halden.example", "rosa@lindner-bakery.example"
ZONE = "Europe/Berlin"
DONE = "demo-is-built"


class HalfBuilt(Exception):
    """A firm lies here that the demo did not finish building, or did not build at all."""


def build_when_empty(app: Flask, *, say: Callable[[str], None]) -> None:
    """Build the demo firm unless it is here already."""
    mark = Path(app.config["DATA_DIR"]) / DONE
    open_session(SYSTEM, writes=False)
    found = the_firm()
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
        mara = set_up(
            Beginning(
                firm="Studio Halden",
                language="en",
                zone=ZONE,
                mail_name="Studio Halden",
                mail_address="hello@studio-halden.example",
                staff_name="Mara Voss",
                staff_email=STAFF,
            )
        )
        open_session(SYSTEM, writes=True)
        staff = _furnish(mara.id)
        by = _viewer(mara.id)
        versions = quizzes.publish_all(by=by)
    told = [story(Tale(days, staff, versions)) for story in stories.ALL]
    tell(told, _PostOffice(app))


def _viewer(person_id: UUID) -> Viewer:
    open_session(SYSTEM, writes=True)
    return sessions.viewer_of(db.session.get_one(Person, person_id))


@action
def _furnish(mara_id: UUID) -> dict[str, UUID]:
    """The firm's mark, telephone and colleagues."""
    firm, mara = the_firm(), db.session.get_one(Person, mara_id)
    if firm is None:
        raise HalfBuilt
    firm.mark_key, firm.phone = _mark(), "+49 30 5550 1470"
    firm.settings = {"postal_address": "Studio Halden, Kanalstraße 12, 10999 Berlin"}
    firm.languages = ["en", "de", "tr", "vi", "ja", "ar"]
    mara.title, mara.phone = "Project lead", "+49 30 5550 1471"
    people = {"mara": mara.id}
    for key, name, title in (("deniz", "Deniz Aksoy", "Design"), ("jonas", "Jonas Reuter", "Development")):
        address = f"{key}@studio-halden.example"
        person = Person(
            id=uuid4(),
            name=name,
            email_typed=address,
            email_canon=canonical_address(address),
            zone=ZONE,
            title=title,
            staff_role=StaffRole.MEMBER,
        )
        db.session.add(person)
        db.session.flush()
        people[key] = person.id
        record(Kind.STAFF_INVITED, person, by=SYSTEM, person=person.id, detail={"name": name})
    return people


def _mark() -> str:
    key = blob_key(FIRM, uuid4())
    with (papers.SHELF / "mark-halden.png").open("rb") as file:
        store().promote(store().receive(file, limit=1_000_000), key)
    return key


class _PostOffice:
    """The worker, while the clock is held in the past."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._way_out = _WayOut(Path(app.config["MAIL_FOLDER"]))

    def next_due(self) -> datetime | None:
        """When the next mail has to leave."""
        open_session(SYSTEM, writes=False)
        due = db.session.scalar(select(func.min(Outbox.not_before)).where(Outbox.state == Stand.WAITING))
        db.session.rollback()
        return due

    def send(self) -> None:
        """Send what is due."""
        db.session.rollback()
        drain(self._app, self._way_out)


class _WayOut(FolderTransport):
    """A mail server for whom one address does not exist any more, and one mailbox is full."""

    def send(self, parcel: Parcel) -> None:
        """Put the mail into the folder, or refuse it."""
        if parcel.to_address.endswith("@gone.harbour-finch.example"):
            raise Undeliverable("550 5.1.1 no such person here", code=550, bad_address=True)
        if parcel.to_address == "kurz@bergmann-steuern.example":
            raise Undeliverable("552 5.2.2 this mailbox is full", code=552)
        super().send(parcel)
