"""The worker: everything due leaves once, in the right order, whatever servers, letters and processes do."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from portal.edges.mail import Parcel, transport_for
from portal.edges.worker import POISON_TRIES, drain
from portal.features.accounts import actions as accounts
from portal.kernel import jobs, outbox
from portal.kernel.clock import now
from portal.kernel.db import db, open_session
from portal.kernel.outbox import Lane, Outbox, Stand
from portal.kernel.viewer import SYSTEM
from portal.models.clients import Client, Membership
from portal.models.marks import MailSent
from portal.models.people import Person
from portal.web.letterpress import Letter
from portal.web.letters import letter
from tests.support.cast import act, fresh, reading
from tests.support.house import SECRET
from tests.support.smtp import MailServer

LETTER = "test_of_the_worker"


@letter(LETTER)
def plain(person: Person, facts: dict[str, object]) -> Letter | None:
    """A letter that says what it was told to say, or cannot be written, or need not be."""
    if facts.get("broken"):
        raise LookupError("no such template")
    if facts.get("needless"):
        return None
    return Letter(subject=str(facts["subject"]), preheader="", text="Hello", html="<p>Hello</p>")


@pytest.fixture
def server():
    with MailServer() as server:
        yield server


@pytest.fixture
def work(app, server) -> Callable[[], int]:
    """Let the worker go round once."""
    return lambda: drain(app, transport_for(server.url))


def post(app, person, subject="A word", lane=Lane.MESSAGE, **more) -> UUID:
    facts = {"subject": subject, **more.pop("facts", {})}
    return act(app, lambda: outbox.post(LETTER, lane=lane, person_id=person.id, facts=facts, **more))


def ask_to_sign_in(app, person) -> None:
    act(app, lambda: accounts.ask_to_sign_in(person.email_canon, binding=None, next_path="/", ua="", ip_net=""))


def states(app) -> list[Stand]:
    with reading(app) as session:
        return list(session.scalars(sa.select(Outbox.state)))


def row(app, row_id) -> Outbox:
    with reading(app) as session:
        return session.scalars(sa.select(Outbox).where(Outbox.id == row_id)).one()


def test_a_mail_leaves_once_and_its_row_says_so(app, cast, server, work):
    posted = post(app, cast.bea)
    assert work() == 1
    assert work() == 0
    (mail,) = server.taken
    sent = row(app, posted)
    assert sent.state is Stand.SENT and sent.sent_at and sent.attempts == 1
    assert mail.message["Message-ID"] == sent.message_id
    with reading(app) as session:
        assert session.get(MailSent, sent.message_id).person_id == cast.bea.id


def test_the_urgent_leaves_first(app, cast, server, work):
    for lane in (Lane.ASK, Lane.MESSAGE, Lane.RECEIPT, Lane.AUTH):
        post(app, cast.bea, lane.value, lane)
    work()
    assert server.subjects() == ["auth", "receipt", "message", "ask"]


def test_a_letter_with_nothing_to_say_any_more_is_called_off(app, cast, server, work):
    posted = post(app, cast.bea, facts={"needless": True})
    work()
    assert row(app, posted).state is Stand.CANCELLED
    assert server.taken == []


def test_what_is_not_due_yet_waits(app, cast, server, work, clock):
    post(app, cast.bea, wait=timedelta(minutes=30))
    assert work() == 0
    clock.advance(minutes=31)
    assert work() == 1


def test_a_server_that_is_away_for_an_hour_costs_nothing_but_time(app, cast, server, work, clock):
    posted = [post(app, cast.bea, f"number {n}") for n in range(3)]
    server.down()
    for _ in range(60):
        work()
        clock.advance(minutes=1)
    assert {row(app, each).state for each in posted} == {Stand.WAITING}
    assert max(row(app, each).attempts for each in posted) == 0, "the fault was not theirs"
    server.up()
    work()
    clock.advance(minutes=1)
    work()
    assert sorted(server.subjects()) == ["number 0", "number 1", "number 2"]
    assert {row(app, each).state for each in posted} == {Stand.SENT}


def test_a_mail_refused_for_now_is_tried_again_later(app, cast, server, work, clock):
    posted = post(app, cast.bea)
    server.will("later", "drop")
    work()
    assert row(app, posted).state is Stand.WAITING
    assert work() == 0, "not at once"
    clock.advance(minutes=1)
    work()
    assert "broke" in row(app, posted).error
    clock.advance(minutes=6)
    work()
    assert row(app, posted).state is Stand.SENT
    assert len(server.taken) == 1


def test_a_mail_nobody_takes_for_three_days_is_parked(app, cast, server, work, clock):
    posted = post(app, cast.bea)
    server.will_always("later")
    clock.advance(hours=71)
    work()
    assert row(app, posted).state is Stand.WAITING
    clock.advance(hours=2)
    work()
    assert row(app, posted).state is Stand.PARKED


def test_a_poisoned_mail_is_parked_and_the_rest_go_on(app, cast, server, work, clock):
    poisoned = post(app, cast.bea, facts={"broken": True}, lane=Lane.AUTH)
    post(app, cast.bea, "the rest")
    for _ in range(POISON_TRIES):
        work()
        clock.advance(hours=2)
    parked = row(app, poisoned)
    assert parked.state is Stand.PARKED and parked.error == "LookupError"
    assert server.subjects() == ["the rest"]
    assert work() == 0, "nobody tries it again"


def test_an_address_that_does_not_exist_is_noted_and_forgiven_when_it_works_again(app, cast, server, work):
    posted = post(app, cast.bea)
    server.will("no such person")
    work()
    assert row(app, posted).state is Stand.PARKED and "no such person" in row(app, posted).error
    assert fresh(app, cast.bea).mail_bounced_at
    post(app, cast.bea)
    work()
    assert fresh(app, cast.bea).mail_bounced_at is None


def test_nobody_waits_for_a_slow_mail_server(app, cast, server):
    """While a server takes its time others read and write; the verdict on the mail is written all the same."""

    class Slow:
        def __init__(self):
            self.real = transport_for(server.url)

        def send(self, parcel: Parcel) -> None:
            post(app, cast.cal, "meanwhile", wait=timedelta(hours=1))
            self.real.send(parcel)

        def close(self) -> None:
            self.real.close()

    posted = post(app, cast.bea)
    drain(app, Slow())
    assert row(app, posted).state is Stand.SENT


def test_a_worker_that_slept_through_its_lease_does_not_overrule_the_one_that_took_over(app, cast, server, clock):
    class Sleepy:
        def send(self, parcel: Parcel) -> None:
            clock.advance(minutes=6)
            drain(app, transport_for(server.url))
            raise OSError("woke up too late")

        def close(self) -> None:
            pass

    posted = post(app, cast.bea)
    drain(app, Sleepy(), most=1)
    assert row(app, posted).state is Stand.SENT
    assert len(server.taken) == 1


def test_a_sign_in_mail_that_waited_too_long_is_not_sent(app, cast, server, work, clock):
    ask_to_sign_in(app, cast.bea)
    server.down()
    work()
    clock.advance(minutes=11)
    server.up()
    work()
    assert server.taken == []


def test_a_lost_wake_up_loses_nothing(app, cast, server, work):
    def broken(delays: tuple[float, ...]) -> None:
        raise OSError("the queue is gone")

    before = dict(jobs._wakers)
    jobs.on_wake(broken)
    try:
        with suppress(OSError):
            post(app, cast.bea)
    finally:
        jobs._wakers.clear()
        jobs._wakers.update(before)
    assert work() == 1


KILLED = """
import os, signal, sys
from wsgi import app
from portal.edges import mail, worker

class Deadly:
    def __init__(self): self.real = mail.transport_for(app.config["MAIL_URL"])
    def send(self, parcel):
        if sys.argv[1] == "after": self.real.send(parcel)
        os.kill(os.getpid(), signal.SIGKILL)
    def close(self): self.real.close()

worker.drain(app, Deadly())
"""


@pytest.mark.parametrize(("moment", "mails"), [("before", 1), ("after", 2)])
def test_a_worker_killed_around_sending_loses_nothing(app, cast, server, work, clock, moment, mails):
    ask_to_sign_in(app, cast.bea)
    config = app.config["CONFIG"]
    env = os.environ | {
        "PORTAL_MODE": "production",
        "SECRET_KEY": SECRET,
        "BASE_URL": config.base_url,
        "DATABASE_URL": config.database_url,
        "DATA_DIR": str(config.data_dir),
        "ALLOW_UNSCANNED": "1",
        "MAIL_URL": server.url,
    }
    died = subprocess.run([sys.executable, "-c", KILLED, moment], env=env, timeout=60, check=False)
    assert died.returncode == -signal.SIGKILL
    assert states(app) == [Stand.LEASED]
    assert work() == 0, "the lease still holds"
    clock.advance(minutes=1)
    work()
    assert states(app) == [Stand.SENT]
    assert len(server.taken) == mails
    assert len({mail.message["Message-ID"] for mail in server.taken}) == 1, "mail programs show it once"
    clock.advance(hours=1)
    assert work() == 0


def test_many_workers_send_each_mail_once(app, cast, server):
    from concurrent.futures import ThreadPoolExecutor

    for n in range(12):
        post(app, cast.bea, f"number {n}")
    with ThreadPoolExecutor(4) as crowd:
        dealt = sum(crowd.map(lambda _: drain(app, transport_for(server.url)), range(4)))
    assert dealt == 12
    assert len(set(server.subjects())) == len(server.taken) == 12


@pytest.mark.parametrize("how", ["the access ends", "the client is archived"])
def test_who_has_left_hears_no_more_of_a_client(app, cast, server, work, how):
    about = {"client_id": cast.birch.id, "project_id": cast.project.id}
    post(app, cast.bea, "What you did", lane=Lane.RECEIPT, **about)
    post(app, cast.bea, "What is new", **about)
    post(app, cast.cal, "Of others", **about)
    post(app, cast.ada, "For us", **about)

    def leave() -> None:
        if how == "the access ends":
            db.session.get_one(Membership, (cast.birch.id, cast.bea.id)).ended_at = now()
        else:
            db.session.get_one(Client, cast.birch.id).archive(at=now())

    act(app, leave)
    work()
    assert sorted(server.subjects()) == ["For us", "What you did"]


def test_the_database_is_left_alone_after_the_round(app, cast, work):
    post(app, cast.bea)
    work()
    with app.app_context():
        open_session(SYSTEM, writes=True)
        db.session.rollback()
