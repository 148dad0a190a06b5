"""Triggers that refuse to change or delete what was recorded, on both databases. Created with the tables and again after a rebuild."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection

from portal.kernel.record import Event

TABLE = "event"
SQLITE = [
    f"CREATE TRIGGER {TABLE}_no_{verb} BEFORE {verb.upper()} ON {TABLE} BEGIN SELECT RAISE(ABORT, 'events are append-only'); END"
    for verb in ("update", "delete")
]
SQLITE += [  # what INSERT OR REPLACE takes away, the others do not hear of
    "CREATE TRIGGER event_no_replace BEFORE INSERT ON event WHEN EXISTS "
    "(SELECT 1 FROM event WHERE chain_id = NEW.chain_id AND (seq = NEW.seq OR prev_hash = NEW.prev_hash)) "
    "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END"
]
POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION event_append_only() RETURNS trigger AS $$ "
    "BEGIN RAISE EXCEPTION 'events are append-only'; END $$ LANGUAGE plpgsql",
    f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION event_append_only()",
    f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT EXECUTE FUNCTION event_append_only()",
]
NAMES = {"sqlite": ("event_no_update", "event_no_delete", "event_no_replace"), "postgresql": ("event_no_change", "event_no_truncate")}


def protect(connection: Connection) -> None:
    """Create the triggers anew on this connection's database."""
    dialect = connection.dialect.name
    for name in NAMES[dialect]:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {TABLE}" if dialect == "postgresql" else ""))
    for statement in SQLITE if dialect == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(statement)


@event.listens_for(Event.__table__, "after_create")
def _with_table(table: sa.Table, connection: Connection, **_: object) -> None:
    protect(connection)
