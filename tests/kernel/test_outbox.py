"""The outbox: written with what caused it, taken by one worker, tried again, and never sent twice by a slow one."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa

from portal.kernel import outbox
from portal.kernel.action import action
from portal.kernel.db import db, open_session
from portal.kernel.outbox import Lane, Outbox, Stand
from portal.kernel.viewer import SYSTEM
from tests.support.cast import act, fresh, reading
from tests.support.racing import race

RACERS = 8


def post(app, **how):
    return act(app, lambda: outbox.post("sign_in", **{"lane": Lane.MESSAGE, "person_id": None, "facts": {}, **how}))


def rows(app):
    with reading(app) as session:
        return list(session.scalars(sa.select(Outbox).order_by(Outbox.made_at)))


def claim(app):
    return act(app, outbox.claim)


class TestPosting:
    def test_a_newer_one_takes_the_place_of_the_waiting_one(self, app, clock):
        first = post(app, dedupe="d", facts={"n": 1}, wait=timedelta(minutes=5))
        clock.advance(minutes=1)
        post(app, dedupe="d", facts={"n": 2}, wait=timedelta(minutes=5))
        (row,) = rows(app)
        assert (row.id, row.facts, row.not_before) == (first, {"n": 2}, clock.now + timedelta(minutes=5))

    def test_one_that_is_being_sent_is_not_touched(self, app):
        post(app, dedupe="d", facts={"n": 1})
        claim(app)
        post(app, dedupe="d", facts={"n": 2})
        assert sorted((row.state.value, row.facts["n"]) for row in rows(app)) == [("leased", 1), ("waiting", 2)]

    def test_without_a_key_everything_is_posted(self, app):
        post(app), post(app)
        assert len(rows(app)) == 2

    def test_what_waits_can_be_taken_back_once(self, app):
        post(app, dedupe="d")
        assert act(app, lambda: outbox.cancel("d")) is True
        assert act(app, lambda: outbox.cancel("d")) is False
        assert [row.state for row in rows(app)] == [Stand.CANCELLED] and claim(app) is None

    def test_many_at_once_with_one_key_make_one_row(self, app):
        race(RACERS, lambda n: post(app, dedupe="d", facts={"n": n}))
        assert len(rows(app)) == 1


class TestClaiming:
    def test_the_most_urgent_first_and_each_once(self, app, clock):
        for lane in (Lane.ASK, Lane.MESSAGE, Lane.AUTH, Lane.RECEIPT):
            post(app, lane=lane)
            clock.advance(seconds=1)
        taken = [claim(app) for _ in range(5)]
        assert [row.lane if row else None for row in taken] == [Lane.AUTH, Lane.RECEIPT, Lane.MESSAGE, Lane.ASK, None]

    def test_not_before_its_time(self, app, clock):
        post(app, wait=timedelta(minutes=30))
        assert claim(app) is None
        clock.advance(minutes=30)
        assert claim(app) is not None

    @pytest.mark.parametrize(("lane", "seconds"), [(Lane.AUTH, 30), (Lane.MESSAGE, 300)])
    def test_a_worker_that_died_loses_its_lease(self, app, clock, lane, seconds):
        post(app, lane=lane)
        dead = claim(app)
        clock.advance(seconds=seconds)
        assert claim(app) is None
        clock.advance(seconds=1)
        again = claim(app)
        assert again.id == dead.id and again.attempts == 2 and again.lease_token != dead.lease_token

    def test_a_slow_worker_cannot_overrule_the_one_who_took_over(self, app, clock):
        post(app)
        slow = claim(app)
        clock.advance(minutes=6)
        quick = claim(app)
        assert act(app, lambda: outbox.settle(slow, Stand.PARKED, error="late")) is False
        assert act(app, lambda: outbox.settle(quick, Stand.SENT)) is True
        assert act(app, lambda: outbox.settle(slow, Stand.SENT)) is False
        assert fresh(app, quick).state is Stand.SENT

    def test_what_failed_waits_longer_each_time(self, app, clock):
        post(app)
        for minutes in (1 / 3, 1, 5, 15, 60, 60):
            row = claim(app)
            act(app, lambda row=row: outbox.settle(row, Stand.WAITING, error="x", again_in=outbox.back_off(row.attempts)))
            clock.advance(minutes=minutes, seconds=-1)
            assert claim(app) is None
            clock.advance(seconds=1)

    def test_many_workers_share_without_taking_one_twice(self, app):
        wanted = {post(app) for _ in range(RACERS * 3)}
        taken = []

        def work(_):
            misses = 0
            while misses < 3:
                row = claim(app)
                if row is None:
                    misses += 1
                else:
                    taken.append(row.id)

        race(RACERS, work)
        assert len(taken) == len(set(taken)) and set(taken) == wanted

    def test_the_race_is_real(self, app):
        """Positive control: a worker that looks first and updates later lets many win."""
        post(app)
        barrier, winners = Barrier(RACERS), []

        def careless(n):
            with app.app_context():
                open_session(SYSTEM, writes=False)
                found = db.session.scalars(sa.select(Outbox).where(Outbox.state == Stand.WAITING)).first()
                db.session.rollback()
                barrier.wait()
                open_session(SYSTEM, writes=True)

                @action
                def take():
                    db.session.execute(sa.update(Outbox).where(Outbox.id == found.id).values(state=Stand.LEASED, lease_token=str(n)))
                    winners.append(n)

                take()

        race(RACERS, careless)
        assert len(winners) == RACERS
