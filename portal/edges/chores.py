"""Doing the chores: one after the other under a lease that is held for as long as the work goes on, never in the way of a mail."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from portal.edges.worker import KEEP_TRYING, POISON_TRIES, claimed
from portal.kernel import chores, outbox
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db, open_session
from portal.kernel.outbox import LEASES, Lane, Outbox, Stand
from portal.kernel.viewer import SYSTEM

SOONEST, LATEST = timedelta(seconds=20), timedelta(minutes=30)
HEARTBEAT = LEASES[Lane.WORK].total_seconds() / 3


def do_awaited(app: Flask) -> int:
    """Do what is due and somebody waits for."""
    return do_chores(app, only=chores.awaited())


def do_unawaited(app: Flask) -> int:
    """Do what is due and nobody waits for, however long it takes."""
    return do_chores(app, never=chores.awaited())


def do_chores(app: Flask, *, most: int = 500, only: Collection[str] = (), never: Collection[str] = ()) -> int:
    """Do what is due; returns how many chores were dealt with. Trouble with one never stops the others."""
    dealt = 0
    with app.app_context():
        try:
            while dealt < most and (row := claimed(work=True, only=only, never=never)) is not None:
                dealt += 1
                _deal_with(app, row)
        finally:
            db.session.remove()
    return dealt


def _deal_with(app: Flask, row: Outbox) -> None:
    """Do one chore. Only bugs and deaths count as tries; what kills the worker again and again is not given to it once more."""
    if row.attempts > POISON_TRIES:
        _note(row, Stand.PARKED, error="the worker ended in the middle of it, several times")
        return
    try:
        with _lease_held(app, row):
            open_session(SYSTEM, writes=False)
            chores.carry_out(row.kind, dict(row.facts))
    except chores.Later as later:
        _put_off(row, later)
    except Exception as trouble:  # a chore that cannot be done must not stop the rest
        current_app.logger.exception("chore %s (%s) failed", row.id, row.kind)
        poisoned = row.attempts >= POISON_TRIES
        wait = outbox.back_off(row.attempts)
        _note(row, Stand.PARKED if poisoned else Stand.WAITING, error=_said(trouble), again_in=None if poisoned else wait)
    else:
        _note(row, Stand.SENT)


def _put_off(row: Outbox, later: chores.Later) -> None:
    """Try again, the later the longer it has been tried."""
    age = now() - row.made_at
    over = not later.blameless and age > KEEP_TRYING
    wait = timedelta(seconds=later.seconds) if later.seconds is not None else min(max(age / 2, SOONEST), LATEST)
    _note(row, Stand.PARKED if over else Stand.WAITING, error=str(later), again_in=None if over else wait, free=True)


def _said(trouble: Exception) -> str:
    return f"{type(trouble).__name__}: {trouble}"[:300]


def _note(row: Outbox, state: Stand, *, error: str | None = None, again_in: timedelta | None = None, free: bool = False) -> None:
    db.session.rollback()
    open_session(SYSTEM, writes=True)
    _settle(row, state, error=error, again_in=again_in, free=free)


@action
def _settle(row: Outbox, state: Stand, *, error: str | None, again_in: timedelta | None, free: bool) -> None:
    outbox.settle(row, state, error=error, again_in=again_in, free=free)


@contextmanager
def _lease_held(app: Flask, row: Outbox) -> Iterator[None]:
    """Keep others from a chore while it is being done, however long; when this process dies, the lease runs out by itself."""
    done = threading.Event()

    def hold() -> None:
        while not done.wait(HEARTBEAT):
            with app.app_context():
                try:
                    open_session(SYSTEM, writes=True)
                    _renew(row)
                except SQLAlchemyError:
                    app.logger.exception("the lease of chore %s could not be renewed", row.id)
                finally:
                    db.session.remove()

    holder = threading.Thread(target=hold, name="chore-lease", daemon=True)
    holder.start()
    try:
        yield
    finally:
        done.set()
        holder.join()


@action
def _renew(row: Outbox) -> None:
    outbox.renew(row)
