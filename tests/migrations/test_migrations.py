"""Migrations make the very database the models describe, on both engines, with triggers and partial indexes, and take it away again."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import threading

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from migrations.make import PLACE, render_item, written
from portal.kernel.db import Base, db
from tests.support import cast as people
from tests.support.house import build, configuration
from tests.support.postgres import temp_database

ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=ENGINES)
def empty(request, tmp_path):
    """An app on an empty database, and another one, to compare."""
    with contextlib.ExitStack() as stack:
        urls = ["", ""]
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_server")
            urls = [stack.enter_context(temp_database(server)) for _ in range(2)]
        apps = [make(tmp_path, name, url) for name, url in zip(("one", "two"), urls, strict=True)]
        yield apps
        for app in apps:
            rest(app)


def rest(app):
    """Close every connection."""
    with app.app_context():
        db.engine.dispose()


def make(tmp_path, name, url=""):
    folder = tmp_path / name
    folder.mkdir()
    return build(configuration(folder, database_url=url))


def up(app):
    with app.app_context():
        upgrade()


def ask(connection, question):
    return [tuple(row) for row in connection.execute(sa.text(question))]


def described(app):
    """Tables, columns, keys, indexes with their conditions, triggers and functions, as the database itself spells them."""
    with app.app_context(), db.engine.connect() as connection:
        dialect = connection.dialect.name
        found = {name: sorted(ask(connection, question)) for name, question in QUESTIONS[dialect].items()}
        if dialect == "sqlite":
            found["tables"] = [(name, sorted(_clauses(sql))) for name, sql in found["tables"]]
    return {name: [row for row in rows if "alembic_version" not in str(row)] for name, rows in found.items()}


def _clauses(sql):
    """The lines between the brackets of a CREATE TABLE, whatever their order and spacing."""
    return [line.strip().rstrip(",").strip('"') for line in re.sub(r"[ \t]+", " ", sql).splitlines()[1:-1]]


QUESTIONS = {
    "sqlite": {
        "tables": "select name, sql from sqlite_master where type = 'table'",
        "indexes": "select name, tbl_name, sql from sqlite_master where type = 'index' and sql is not null",
        "triggers": "select name, tbl_name, sql from sqlite_master where type = 'trigger'",
    },
    "postgresql": {
        "columns": "select table_name, column_name, data_type, coalesce(character_maximum_length, 0), is_nullable,"
        " coalesce(column_default, '') from information_schema.columns where table_schema = 'public'",
        "keys": "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint"
        " where connamespace = 'public'::regnamespace and contype <> 'n'",
        "indexes": "select tablename, indexname, indexdef from pg_indexes where schemaname = 'public'",
        "triggers": "select tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal",
        "functions": "select proname, prosrc from pg_proc where pronamespace = 'public'::regnamespace",
    },
}


def test_up_makes_what_the_models_describe(empty):
    migrated, created = empty
    up(migrated)
    with created.app_context():
        db.create_all()
    by_migration, by_models = described(migrated), described(created)
    for name in by_models:
        assert by_migration[name] == by_models[name], f"{name} differ: run `make migration`"


def test_alembic_finds_no_difference(empty):
    app, _ = empty
    up(app)
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_item": render_item})
        assert compare_metadata(context, Base.metadata) == []


def test_down_leaves_nothing_and_up_again_makes_the_same(empty):
    app, _ = empty
    up(app)
    first = described(app)
    with app.app_context():
        downgrade(revision="base")
    assert not any(described(app).values())
    up(app)
    assert described(app) == first


def test_running_them_again_changes_nothing(empty):
    app, _ = empty
    up(app)
    people.hire(app)
    first = described(app)
    up(app)
    assert described(app) == first
    assert people.meet(app).bea.name == "Bea Birch"


def test_partial_indexes_and_triggers_are_really_there(empty):
    app, _ = empty
    up(app)
    found = described(app)
    partial = [row for row in found["indexes"] if " where " in str(row).lower()]
    names = " ".join(str(row) for row in partial)
    for name in ("uq_approval_version_presented", "uq_decision_live", "uq_delivery_open", "uq_outbox_dedupe_waiting", "uq_turn_open"):
        assert name in names
    names = {word for row in found["triggers"] for word in row if word.startswith("event_no_")}
    assert names in ({"event_no_update", "event_no_delete", "event_no_replace"}, {"event_no_change", "event_no_truncate"})


def test_what_was_recorded_cannot_be_changed(empty):
    app, _ = empty
    up(app)
    people.hire(app)
    with app.app_context(), db.engine.connect() as connection:
        verbs = ["update event set kind = 'x'", "delete from event"]
        verbs += ["truncate event cascade"] if connection.dialect.name == "postgresql" else []
        for verb in verbs:
            before = ask(connection, "select * from event")
            with pytest.raises(sa.exc.DBAPIError, match="append-only"):
                connection.execute(sa.text(verb))
            connection.rollback()
            assert before
            assert ask(connection, "select * from event") == before
            connection.rollback()


def test_the_details_can_be_erased(empty):
    app, _ = empty
    up(app)
    people.hire(app)
    with app.app_context(), db.engine.begin() as connection:
        assert connection.execute(sa.text("delete from event_detail")).rowcount > 0


def test_whoever_starts_while_others_write_waits_for_their_turn(tmp_path):
    app = make(tmp_path, "one")
    up(app)
    with (
        app.app_context(),
        contextlib.closing(sqlite3.connect(db.engine.url.database, isolation_level=None, check_same_thread=False)) as busy,
    ):
        busy.execute("BEGIN IMMEDIATE")
        busy.execute("UPDATE alembic_version SET version_num = version_num")
        later = threading.Timer(0.5, busy.execute, ["COMMIT"])
        later.start()
        upgrade()
        later.join()
    rest(app)


def test_foreign_keys_are_on_and_whole_on_sqlite(tmp_path):
    app = make(tmp_path, "one")
    up(app)
    people.hire(app)
    with app.app_context(), db.engine.connect() as connection:
        assert ask(connection, "pragma foreign_keys") == [(1,)]
        assert ask(connection, "pragma foreign_key_check") == []
    rest(app)


def test_the_first_migration_is_as_the_models_are():
    if len(list(PLACE.parent.glob("*.py"))) == 1:
        assert PLACE.read_text() == written(), "the models have changed: run `make migration`"
