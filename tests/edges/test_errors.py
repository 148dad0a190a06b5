"""Whatever goes wrong, a person reads one sentence and finds a way on; also before any door has looked at them."""

from __future__ import annotations

import psycopg
import pytest
import sqlalchemy as sa

from portal.kernel.db import db
from portal.storage.current import store
from tests.support.cast import fresh
from tests.support.house import BASE_URL, build, configuration
from tests.support.ports import free_port


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


@pytest.mark.parametrize(
    ("path", "says"),
    [("/healthz", "database: no answer"), ("/readyz", "database: no answer"), ("/login", "What you saved is safe")],
)
def test_a_database_that_is_away_is_said_in_words(tmp_path, path, says):
    """Our pages cannot be drawn without it: nobody gets an empty answer, and whoever watches reads what is missing."""
    app = build(configuration(tmp_path, database_url=f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/none"))
    app.testing = False
    answer = app.test_client().get(path, base_url=BASE_URL)
    assert answer.status_code == 503
    assert says in answer.text


def test_a_folder_of_files_that_is_away_is_said(app, nobody, tmp_path):
    assert nobody.get("/readyz").data == b"ready\n"
    root = store().root
    root.rename(tmp_path / "elsewhere")
    assert nobody.get("/readyz", 503).data == b"files: no answer\n"
    (tmp_path / "elsewhere").rename(root)
