"""An action is one write: all it changes, records and posts, or nothing."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.kernel import jobs, outbox
from portal.kernel.action import action, marking
from portal.kernel.clock import now
from portal.kernel.db import db, open_session
from portal.kernel.record import Kind, record
from portal.kernel.refusal import Refused
from portal.kernel.viewer import SYSTEM
from portal.models.clients import Client
from portal.models.marks import Seen
from tests.support.cast import act, fresh


@pytest.fixture
def woken():
    """Collect the wake-ups of the worker."""
    heard = []
    before = dict(jobs._wakers)
    jobs.on_wake(heard.append)
    yield heard
    jobs._wakers.clear()
    jobs._wakers.update(before)


@action
def rename(client_id, name):
    """Give a client another name, and tell of it in every way there is."""
    client = db.session.get_one(Client, client_id)
    client.rename(name)
    record(Kind.CLIENT_CHANGED, client, by=SYSTEM, detail={"name": name})
    outbox.post("sign_in", lane=outbox.Lane.MESSAGE, person_id=None, facts={})


def commits(app, work):
    """How often something commits."""
    seen = []
    with app.app_context():
        open_session(SYSTEM, writes=True)

        def note(connection):
            seen.append(connection)

        sa.event.listen(db.engine, "commit", note)
        try:
            work()
        finally:
            sa.event.remove(db.engine, "commit", note)
    return len(seen)


def test_it_commits_once_however_many_join_it(app, cast):
    @action
    def whole():
        rename(cast.birch.id, "Birch one")
        rename(cast.birch.id, "Birch two")

    assert commits(app, whole) == 1
    assert fresh(app, cast.birch).name == "Birch two"


def test_one_after_the_other_they_commit_each(app, cast):
    def both():
        rename(cast.birch.id, "Birch one")
        rename(cast.birch.id, "Birch two")

    assert commits(app, both) == 2


@pytest.mark.parametrize("trouble", [Refused("Not now."), RuntimeError("broken"), KeyboardInterrupt()])
def test_trouble_leaves_no_row_no_event_no_mail_and_wakes_nobody(app, cast, nothing_changed, woken, trouble):
    def whole():
        rename(cast.birch.id, "Birch one")
        raise trouble

    with nothing_changed(), pytest.raises(type(trouble)):
        act(app, whole)
    assert woken == []


def test_trouble_in_a_joined_action_undoes_the_whole(app, cast, nothing_changed):
    @action
    def inner():
        raise Refused("Not now.")

    def whole():
        rename(cast.birch.id, "Birch one")
        inner()

    with nothing_changed(), pytest.raises(Refused):
        act(app, whole)


def test_trouble_while_writing_the_record_undoes_the_whole(app, cast, nothing_changed):
    def whole():
        rename(cast.birch.id, "Birch one")
        record(Kind.CLIENT_CHANGED, cast.birch, by=SYSTEM, detail={"price": 1.5})

    with nothing_changed(), pytest.raises(TypeError):
        act(app, whole)


def test_after_trouble_the_next_action_starts_clean(app, cast):
    with app.app_context():
        open_session(SYSTEM, writes=True)

        @action
        def broken():
            rename(cast.birch.id, "Birch one")
            raise Refused("Not now.")

        with pytest.raises(Refused):
            broken()
        rename(cast.birch.id, "Birch two")
    assert fresh(app, cast.birch).name == "Birch two"


def test_the_worker_is_woken_after_the_commit_and_told_when(app, cast, woken):
    act(app, lambda: rename(cast.birch.id, "Birch one"))
    assert woken == [(0.0,)]


@pytest.mark.sqlite_only
def test_a_session_for_reading_does_not_write(app, cast, nothing_changed):
    with nothing_changed(), app.app_context():
        open_session(SYSTEM, writes=False)
        with pytest.raises(RuntimeError, match="opened for reading"):
            rename(cast.birch.id, "Birch one")


@pytest.mark.sqlite_only
def test_nothing_is_recorded_outside_an_action(app, cast):
    with app.app_context():
        open_session(SYSTEM, writes=True)
        with pytest.raises(RuntimeError, match="inside an action"):
            record(Kind.CLIENT_CHANGED, cast.birch, by=SYSTEM)


def test_marks_are_written_beside_whoever_reads(app, cast):
    with app.app_context():
        session = open_session(SYSTEM, writes=False)
        session.scalar(sa.select(sa.func.count()).select_from(Client))
        with marking() as marks:
            facts = {"person_id": cast.bea.id, "kind": "item", "object_id": cast.birch.id, "first_at": now(), "last_at": now()}
            marks.execute(sa.insert(Seen).values(**facts))
        with db.engine.connect() as other:
            assert other.scalar(sa.select(sa.func.count()).select_from(Seen)) == 1


def test_writers_on_sqlite_say_so_first_and_never_fail_to_upgrade(app, cast):
    """Two writing sessions at once: the second waits for the first and sees what it wrote."""
    from threading import Barrier, Thread

    barrier, names = Barrier(2), []

    def write(name):
        with app.app_context():
            barrier.wait()
            open_session(SYSTEM, writes=True)

            @action
            def add():
                client = db.session.scalars(sa.select(Client).where(Client.id == cast.birch.id).with_for_update()).one()
                client.rename(client.name + name)
                names.append(name)

            add()

    threads = [Thread(target=write, args=(name,)) for name in (" one", " two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert fresh(app, cast.birch).name == "Birch" + "".join(names)
