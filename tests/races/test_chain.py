"""Many actions on one client at the same moment: one chain, no fork, nothing lost; and no two actions wait for each other for ever."""

from __future__ import annotations

from collections import Counter
from threading import Barrier

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.edges import audit
from portal.kernel import record as kernel
from portal.kernel.db import db
from portal.kernel.record import ChainHead, Event, Kind, record
from portal.kernel.viewer import SYSTEM
from tests.support.cast import act, reading
from tests.support.racing import race

RACERS, ROUNDS = 8, 6


def note(app, *clients):
    def work():
        for client in clients:
            record(Kind.CLIENT_CHANGED, client, by=SYSTEM, detail={"name": client.name})

    act(app, work)


def length(app, client):
    with reading(app) as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Event).where(Event.chain_id == client.id))


def test_one_chain_of_all(app, cast):
    before = length(app, cast.birch)
    race(RACERS, lambda _: [note(app, cast.birch) for _ in range(ROUNDS)])
    assert length(app, cast.birch) == before + RACERS * ROUNDS
    with reading(app):
        assert list(audit.troubles()) == []


def test_the_first_events_of_a_new_chain_follow_each_other_too(app, cast):
    race(RACERS, lambda _: act(app, lambda: record(Kind.STAFF_CHANGED, cast.abe, by=SYSTEM)))
    with reading(app):
        assert list(audit.troubles()) == []


def test_two_chains_in_either_order_end(app, cast):
    orders = ((cast.birch, cast.cedar), (cast.cedar, cast.birch))
    race(RACERS, lambda n: [note(app, *orders[n % 2]) for _ in range(ROUNDS)])
    with reading(app):
        assert list(audit.troubles()) == []


def test_the_race_is_real(app, cast):
    """Positive control: whoever reads the head without its lock builds on a link that is not the last any more."""
    barrier, ends = Barrier(RACERS), Counter()

    def careless(_):
        with app.app_context(), db.engine.connect() as connection:
            head = connection.execute(sa.select(ChainHead.seq, ChainHead.hash).where(ChainHead.chain_id == cast.birch.id)).one()
        barrier.wait(10)
        row = {"seq": head.seq + 1, "prev_hash": head.hash, "hash": f"{_:064d}", "chain_id": cast.birch.id}
        facts = {"at": kernel.now(), "kind": "nudged", "via": "page", "audience": "shared", "facts": "{}", "salt": "00"}
        try:
            act(app, lambda: db.session.execute(sa.insert(Event).values(**row, **facts)))
            ends["kept"] += 1
        except IntegrityError:
            ends["forked"] += 1

    race(RACERS, careless)
    assert ends == {"kept": 1, "forked": RACERS - 1}


def test_the_audit_would_notice(app, cast):
    """Positive control: a link that does not follow is named."""
    row = {"seq": length(app, cast.birch) + 1, "prev_hash": "f" * 64, "hash": "e" * 64, "chain_id": cast.birch.id}
    facts = {"at": kernel.now(), "kind": "nudged", "via": "page", "audience": "shared", "facts": "{}", "salt": "00"}
    act(app, lambda: db.session.execute(sa.insert(Event).values(**row, **facts)))
    with reading(app):
        assert any("does not follow" in trouble.words for trouble in list(audit.troubles()))
