"""Writers of one process on SQLite: one after the other, and a writer who fails holds nobody up."""

from __future__ import annotations

import threading
import time

import pytest
import sqlalchemy as sa

from portal.kernel import db as kernel_db
from portal.kernel.db import db, open_session
from portal.kernel.viewer import SYSTEM

pytestmark = pytest.mark.sqlite_only


def write_after(app, begun, waited):
    """Another thread that wants to write; notes how long it waited."""

    def work():
        with app.app_context():
            begun.set()
            before = time.perf_counter()
            open_session(SYSTEM, writes=True)
            waited.append(time.perf_counter() - before)
            db.session.rollback()

    return threading.Thread(target=work)


def test_the_next_writer_waits_until_the_one_before_is_done(app, cast):
    begun, waited = threading.Event(), []
    with app.app_context():
        open_session(SYSTEM, writes=True)
        other = write_after(app, begun, waited)
        other.start()
        begun.wait()
        other.join(timeout=0.05)
        assert other.is_alive() and not waited
        db.session.rollback()
        other.join(timeout=5)
    assert waited


def test_whoever_waits_in_vain_hears_it_and_whoever_fails_holds_nobody_up(app, cast, monkeypatch):
    monkeypatch.setattr(kernel_db, "WAIT", 0.01)
    with app.app_context():
        elsewhere = db.engine.raw_connection()  # stands in no line, as another process does
        elsewhere.driver_connection.execute("pragma busy_timeout=0")
        elsewhere.driver_connection.execute("BEGIN IMMEDIATE")
        with db.engine.connect() as knocking:
            knocking.connection.driver_connection.execute("pragma busy_timeout=0")
            with pytest.raises(sa.exc.OperationalError, match="locked"):
                knocking.execution_options(writes=True).begin()
        elsewhere.driver_connection.execute("ROLLBACK")
        elsewhere.invalidate()
        db.engine.dispose()
    begun, waited = threading.Event(), []
    other = write_after(app, begun, waited)
    other.start()
    other.join(timeout=5)
    assert waited
