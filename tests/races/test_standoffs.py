"""Two people open two closed items of one project in the same moment: each holds what the other's work goes on to lock."""

from __future__ import annotations

import contextlib
import io
import logging
import threading
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from portal.kernel.db import db, open_session
from portal.kernel.record import Event, Kind
from portal.kernel.scope import find
from portal.kernel.viewer import Role
from portal.kinds import life
from portal.kinds.plans.starting import Start, start
from portal.models.clients import Client, Membership
from portal.models.files import Upload
from portal.models.item_states import ItemState
from portal.models.items import Item
from tests.support.cast import act, as_viewer, make_item, reading
from tests.support.templates import make_version


@pytest.fixture
def closed(app, cast):
    """Two items of one project that wait for others."""
    ada, version = as_viewer(app, cast.ada), make_version(app)
    wish = Start(version=version, name="Website", lead_id=cast.ada.id, starts_on=date(2026, 3, 30))
    project = act(app, lambda: start(db.session.get_one(Client, cast.birch.id), wish, send=True, by=ada), by=ada)
    with reading(app) as session:
        waiting = sa.select(Item.id).where(Item.project_id == project.id, Item.state == ItemState.LOCKED).order_by(Item.id)
        found = session.scalars(waiting).all()
    assert len(found) == 2
    return found


@contextlib.contextmanager
def both_come_to(app, begins, *, holds):
    """Let nobody go on from a statement before the other one came to it too. On SQLite there is only one who writes."""
    with app.app_context():
        engine = db.engine
    meeting, came = threading.Barrier(2), threading.local()

    def wait(_connection, _cursor, statement, *_rest):
        if holds in statement and statement.startswith(begins) and not getattr(came, "before", False):
            came.before = True
            with contextlib.suppress(threading.BrokenBarrierError):
                meeting.wait(timeout=2 if engine.dialect.name == "postgresql" else 0.1)

    def hurry(raw, *_rest):
        if engine.dialect.name == "postgresql":
            raw.execute("SET deadlock_timeout = '50ms'")

    sa.event.listen(engine, moment := "before_cursor_execute" if begins.startswith("INSERT") else "after_cursor_execute", wait)
    sa.event.listen(engine, "connect", hurry)
    engine.dispose()
    try:
        yield
    finally:
        sa.event.remove(engine, moment, wait)
        sa.event.remove(engine, "connect", hurry)
        engine.dispose()


def at_once(*works):
    """Do all at the same moment; what each came to."""
    came_to = [None] * len(works)

    def run(place, work):
        try:
            came_to[place] = work()
        except DBAPIError as trouble:
            came_to[place] = trouble

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came_to


def test_the_page_that_was_ended_is_done_once_more(app, cast, closed, browse, caplog):
    browsers = [browse(person) for person in (cast.ada, cast.abe)]
    for browser, item_id in zip(browsers, closed, strict=True):
        browser.watch_connections = False
        browser.get(f"/staff/items/{item_id}")
    presses = [lambda b=b, i=i: b.post(f"/staff/items/{i}/open", {}, None).status for b, i in zip(browsers, closed, strict=True)]
    with both_come_to(app, "UPDATE item", holds="waiting_on"), caplog.at_level(logging.WARNING):
        assert at_once(*presses) == [303, 303]
    assert ("standoff" in caplog.text) is on_postgres(app)
    with reading(app) as session:
        assert not {session.get_one(Item, item_id).state for item_id in closed} & {ItemState.LOCKED}
        opened = sa.select(Event.item_id).where(Event.kind == Kind.ITEM_OPENED, Event.item_id.in_(closed))
        assert sorted(session.scalars(opened)) == sorted(closed)


def test_control_without_doing_it_again_one_of_them_fails(app, cast, closed):
    ada = as_viewer(app, cast.ada)

    def open_now(item_id):
        with app.app_context():
            open_session(ada, writes=True)
            life.open_now(find(Item, item_id), by=ada)

    with both_come_to(app, "UPDATE item", holds="waiting_on"):
        came_to = at_once(*(lambda i=i: open_now(i) for i in closed))
    assert [type(trouble.orig).__name__ for trouble in came_to if trouble] == (["DeadlockDetected"] if on_postgres(app) else [])


def test_who_was_written_down_elsewhere_in_the_same_moment_is_found(app, cast, browse, caplog):
    asked = [
        (browse(who), make_item(app, of, kind="questionnaire")) for who, of in ((cast.bea, cast.project), (cast.cal, cast.cedar_project))
    ]
    for browser, item in asked:
        browser.watch_connections = False
        browser.get(f"/items/{item.id}/ask")
    gus = {"piece": "section:s1", "name": "Gus", "email": "gus@green.example"}
    presses = [lambda b=b, i=i: b.post(f"/items/{i.id}/ask", gus, None).status for b, i in asked]
    with both_come_to(app, "INSERT INTO person", holds="email_canon"), caplog.at_level(logging.WARNING):
        assert at_once(*presses) == [303, 303]
    assert ("standoff" in caplog.text) is on_postgres(app)
    with reading(app) as session:
        assert session.scalar(sa.select(sa.func.count(Membership.person_id)).where(Membership.role == Role.GUEST)) == 2


@contextlib.contextmanager
def somebody_between(app, item, state):
    """Somebody holds the end of the client's record and wants the item, which a page has that brings it to this state."""
    with app.app_context():
        engine = db.engine
    if not on_postgres(app):
        yield  # there is only one who writes
        return
    other, waiting = engine.raw_connection(), list[threading.Thread]()

    def want(_connection, _cursor, statement, parameters, *_rest):
        if statement.startswith("UPDATE item") and state in str(parameters).lower() and not waiting:
            other.cursor().execute("SELECT seq FROM chain_head WHERE chain_id = %s FOR UPDATE", (item.client_id,))
            waiting.append(threading.Thread(target=take))
            waiting[0].start()
            with contextlib.closing(engine.raw_connection()) as look:  # until the other one waits
                ask = look.cursor()
                while not ask.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
                    pass

    def take():
        other.cursor().execute("UPDATE item SET rev = rev WHERE id = %s", (item.id,))
        other.rollback()

    other.cursor().execute("SET deadlock_timeout = '10s'")
    sa.event.listen(engine, "after_cursor_execute", want)
    try:
        yield
        assert waiting, "nobody stood in the way"
    finally:
        sa.event.remove(engine, "after_cursor_execute", want)
        for thread in waiting:
            thread.join()
        other.cursor().execute("RESET deadlock_timeout")
        other.close()


@pytest.mark.parametrize(("act", "state", "status"), [("save", "started", 303), ("send", "sent", 409)])
def test_files_of_a_form_are_kept_and_the_person_reads_what_to_do(app, cast, browse, caplog, act, state, status):
    """The rows of the files are written once more; sending them is not pressed again for anybody."""
    item, bea = make_item(app, cast.project, "Photos"), browse(cast.bea)
    bea.watch_connections = False
    bea.get(f"/items/{item.id}/files")
    with somebody_between(app, item, state), caplog.at_level(logging.WARNING):
        page = bea.post(f"/items/{item.id}/files", {"files": [(io.BytesIO(b"a photo"), "a.dat")], "act": act}, None)
    with reading(app) as session:
        assert [row.name for row in session.scalars(sa.select(Upload).where(Upload.item_id == item.id))] == ["a.dat"]
    assert page.status == (status if on_postgres(app) else 303)
    assert ("written once more after a standoff" in caplog.text) is (on_postgres(app) and act == "save")
    if page.status == 409:
        assert "Open the page again to see how it stands now." in page.text
        assert "a.dat" in bea.get(f"/items/{item.id}/files").text


def on_postgres(app):
    with app.app_context():
        return db.engine.dialect.name == "postgresql"
