"""Whatever goes wrong, a person reads one sentence and finds a way on; also before any door has looked at them."""

from __future__ import annotations

import psycopg
import pytest
import sqlalchemy as sa

from portal.kernel.db import db
from tests.support.cast import fresh


def test_an_unknown_page_is_a_page_for_everybody(nobody, bea, ada):
    for browser, home in ((nobody, "/"), (bea, "/"), (ada, "/staff/")):
        assert home in browser.get("/no/such/page", 404).links


def test_a_form_without_its_token_changes_nothing(bea, cast, app, nothing_changed):
    with nothing_changed():
        page = bea.post("/logout", {"csrf_token": "wrong"}, 400)
    assert page.h1


def test_a_wrong_method_is_said(bea):
    assert bea.get("/logout", 405).h1


@pytest.mark.sqlite_only
def test_a_full_disk_is_said_and_what_was_saved_stays(app, cast, bea):
    """SQLite says the same of a file that may not grow as of a disk that cannot hold more."""
    with app.app_context():
        engine = db.engine

    def no_larger(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {connection.exec_driver_sql('PRAGMA page_count').scalar()}")

    sa.event.listen(engine, "begin", no_larger)
    try:
        for n in range(200):
            page = bea.post("/me", {"name": f"Bea the {n}th", "language": "en", "zone": "UTC"}, None)
            if page.status != 303:
                break
    finally:
        sa.event.remove(engine, "begin", no_larger)
    assert page.status == 507
    assert "There is no room left on our side" in page.text
    assert fresh(app, cast.bea).name in ("Bea Birch", f"Bea the {n - 1}th")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 4294967294")
    bea.post("/me", {"name": "Bea", "language": "en", "zone": "UTC"}, 303)


@pytest.mark.sqlite_only
def test_a_standoff_that_does_not_end_is_said_and_scripts_come_again(app, cast, bea):
    tries = []

    def stand_off(_connection, _cursor, statement, *_rest):
        if statement.startswith("UPDATE person"):
            tries.append(statement)
            raise sa.exc.OperationalError(statement, {}, psycopg.errors.DeadlockDetected())

    with app.app_context():
        engine = db.engine
    me = {"name": "Bea the new", "language": "en", "zone": "UTC"}
    sa.event.listen(engine, "before_cursor_execute", stand_off)
    try:
        assert bea.post("/me", me, 409).h1 == "Something changed in the meantime"
        assert len(tries) == 3
        assert bea.post("/me", me, None, Accept="application/json").status == 503
    finally:
        sa.event.remove(engine, "before_cursor_execute", stand_off)
    assert fresh(app, cast.bea).name == "Bea Birch"
