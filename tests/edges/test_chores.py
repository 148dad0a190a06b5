"""Chores: each is done once, again after a death in the middle, and never in the way of a mail."""

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from portal.edges import chores as doing
from portal.edges import doctor
from portal.edges.queue import Worker, queue_for
from portal.features.firm import queries as firm
from portal.features.uploads.actions import FINISH
from portal.kernel import chores, jobs
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.outbox import Outbox, Stand
from tests.support.cast import act, reading
from tests.support.house import SECRET
from tests.support.racing import race

KIND = "test_of_the_chores"
done: list[object] = []


@chores.chore(KIND)
def remember(facts: dict[str, object]) -> None:
    """Note what was done, or fail as told."""
    how = facts.get("how")
    if how == "later":
        raise chores.Later("the scanner does not answer", blameless=bool(facts.get("blameless")))
    if how == "bug":
        raise LookupError("a bug")
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    done.append(facts.get("n"))


@pytest.fixture(autouse=True)
def _nothing_done_yet():
    done.clear()


def order(app, **facts) -> UUID:
    return act(app, lambda: chores.order(KIND, facts=facts))


def row(app, row_id) -> Outbox:
    with reading(app) as session:
        return session.scalars(sa.select(Outbox).where(Outbox.id == row_id)).one()


def test_what_was_ordered_is_done_once(app, do_chores):
    ordered = order(app, n=1)
    assert (do_chores(), do_chores()) == (1, 0)
    assert done == [1] and row(app, ordered).state is Stand.SENT


def test_what_was_not_committed_is_not_done(app, do_chores):
    def work() -> None:
        chores.order(KIND, facts={"n": 1})
        raise LookupError

    with pytest.raises(LookupError):
        act(app, work)
    assert do_chores() == 0


def test_mails_and_chores_do_not_touch_each_other(app, bea, cast, do_chores, send_mail):
    ordered = order(app, n=1)
    assert send_mail() == [] and row(app, ordered).state is Stand.WAITING
    bea.post("/sign-in", {"email": cast.ben.email_typed}, None)
    assert do_chores() == 1
    assert len(send_mail()) <= 1


def test_many_workers_do_each_chore_once(app):
    for n in range(24):
        order(app, n=n)
    race(6, lambda _: doing.do_chores(app))
    assert sorted(done) == list(range(24))


def test_what_cannot_be_done_now_is_done_later_and_seen_meanwhile(app, ada, do_chores, clock):
    ordered = order(app, how="later")
    do_chores()
    assert do_chores() == 0, "not at once"
    assert "the scanner does not answer" in ada.get("/staff/settings/mail").text
    with app.app_context():
        assert any("tried in vain: the scanner does not answer" in finding.words for finding in doctor.look())
    for _ in range(8):
        clock.advance(minutes=31)
        assert do_chores() == 1
    assert row(app, ordered).state is Stand.WAITING
    clock.advance(hours=73)
    do_chores()
    assert row(app, ordered).state is Stand.PARKED


def test_what_is_nobodys_fault_is_never_given_up(app, do_chores, clock):
    ordered = order(app, how="later", blameless=True)
    clock.advance(hours=100)
    do_chores()
    assert row(app, ordered).state is Stand.WAITING


def test_a_bug_is_parked_shown_and_tried_again_by_hand(app, ada, bea, do_chores, clock, nothing_changed):
    ordered = order(app, how="bug")
    order(app, n="the rest")
    for _ in range(doing.POISON_TRIES):
        do_chores()
        clock.advance(hours=2)
    assert row(app, ordered).state is Stand.PARKED and row(app, ordered).error == "LookupError: a bug"
    assert done == ["the rest"]
    page = ada.get("/staff/settings/mail")
    assert "Work that did not get done" in page.text and "LookupError: a bug" in page.text
    with nothing_changed():
        ada.post(f"/staff/settings/mail/{ordered}/drop")
        bea.post(f"/staff/settings/mail/{ordered}/again", status=404)
    ada.post(f"/staff/settings/mail/{ordered}/again")
    assert row(app, ordered).state is Stand.WAITING
    ada.post(f"/staff/settings/mail/{ordered}/again")
    assert "This work is not stuck any more." in ada.follow().text


def test_the_list_of_stuck_work_asks_as_much_for_twenty_as_for_two(app, ada, do_chores, count_queries):
    for _ in range(2):
        order(app, how="later")
    do_chores()
    with count_queries() as two:
        ada.get("/staff/settings/mail")
    for _ in range(18):
        order(app, how="later")
    do_chores()
    with count_queries() as twenty:
        ada.get("/staff/settings/mail")
    assert len(two) == len(twenty)


def test_a_lease_is_held_as_long_as_the_work_goes_on(app, clock, monkeypatch):
    """Long work outlives its first lease: nobody else takes it, and its end counts."""
    monkeypatch.setattr(doing, "HEARTBEAT", 0.02)
    begun, others = threading.Event(), []

    def slow(_facts: dict[str, object]) -> None:
        begun.set()
        for _ in range(4):
            clock.advance(seconds=60)
            _until_renewed(app)
            others.append(doing.do_chores(app))

    monkeypatch.setitem(chores._chores, KIND, slow)
    ordered = order(app)
    worker = threading.Thread(target=doing.do_chores, args=(app,))
    worker.start()
    worker.join(60)
    assert begun.is_set() and others == [0, 0, 0, 0]
    assert row(app, ordered).state is Stand.SENT and row(app, ordered).attempts == 1


def test_what_somebody_waits_for_never_stands_behind_long_work(app, monkeypatch):
    """The real worker: while a long look goes on, a file that somebody waits for is finished."""
    going, finished, end = threading.Event(), threading.Event(), threading.Event()

    def long(_facts: dict[str, object]) -> None:
        going.set()
        end.wait(30)

    monkeypatch.setitem(chores._chores, KIND, long)
    monkeypatch.setitem(chores._chores, FINISH, lambda _facts: finished.set())
    queue_for(app)
    worker = Worker(app)
    worker.start()
    try:
        order(app)
        assert going.wait(20)
        act(app, lambda: chores.order(FINISH, facts={}))
        assert finished.wait(20)
    finally:
        end.set()
        worker.stop()
        jobs._wakers.clear()


def _until_renewed(app) -> None:
    def due() -> bool:
        with reading(app) as session:
            (until,) = session.scalars(sa.select(Outbox.lease_until).where(Outbox.lane == "work"))
        return until < now() + timedelta(seconds=80)

    for _ in range(500):
        if not due():
            return
        threading.Event().wait(0.01)


KILLED = """
import tests.edges.test_chores
from wsgi import app
from portal.edges.chores import do_chores
do_chores(app)
"""


def _die(app) -> None:
    config = app.config["CONFIG"]
    env = os.environ | {
        "PORTAL_MODE": "production",
        "SECRET_KEY": SECRET,
        "BASE_URL": config.base_url,
        "DATABASE_URL": config.database_url,
        "DATA_DIR": str(config.data_dir),
        "ALLOW_UNSCANNED": "1",
        "MAIL_URL": config.mail_url,
    }
    died = subprocess.run([sys.executable, "-c", KILLED], env=env, timeout=60, check=False)
    assert died.returncode == -signal.SIGKILL


def test_a_worker_killed_in_the_middle_leaves_the_chore_to_the_next(app, do_chores, clock):
    ordered = order(app, how="kill")
    _die(app)
    assert row(app, ordered).state is Stand.LEASED
    assert do_chores() == 0, "the lease still holds"

    act(app, lambda: db.session.execute(sa.update(Outbox).values(facts={"n": "at last"})))
    clock.advance(minutes=3)
    assert do_chores() == 1
    assert done == ["at last"] and row(app, ordered).state is Stand.SENT


@pytest.mark.sqlite_only
def test_what_kills_the_worker_each_time_is_parked(app, do_chores):
    ordered = order(app, how="kill")
    for _ in range(doing.POISON_TRIES):
        _die(app)
        act(app, lambda: db.session.execute(sa.update(Outbox).values(lease_until=now() - timedelta(seconds=1))))
    assert do_chores() == 1
    assert row(app, ordered).state is Stand.PARKED and "several times" in row(app, ordered).error


def test_every_kind_of_work_has_a_word(app):
    """Staff read what got stuck in words."""
    assert {kind for kind in chores._chores if not kind.startswith("test_")} <= set(firm.CHORES)
