"""Watching what a request does: that it changed nothing, and how many questions it asked the database."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask import Flask

from portal.kernel.db import Base, db
from portal.storage.current import store

# Marks and counters that looking, asking to sign in, or being refused may leave. Everything else is business.
MAY_CHANGE = frozenset({"sign_in_request", "seen", "download"})
MAY_CHANGE_COLUMNS = {"signed_in": frozenset({"last_seen_at", "idle_until"})}
MAY_CHANGE_ROWS = {"incoming": ("state", "failed"), "outbox": ("kind", "sign_in")}


def business(app: Flask) -> dict[str, list[str]]:
    """Every business row of every table, spelt out and in a fixed order, and what lies in the store."""
    with app.app_context(), db.engine.connect() as connection:
        found = {t.name: _business(_rows(connection, t), t.name) for t in Base.metadata.sorted_tables if t.name not in MAY_CHANGE}
    found["(store)"] = sorted(stored.key for prefix in ("incoming/", "blobs/") for stored in store().keys(prefix))
    return found


@contextlib.contextmanager
def nothing_changed(app: Flask) -> Iterator[None]:
    """Promise that what happens inside changes no business row and nothing in the store."""
    before = business(app)
    yield
    after = business(app)
    assert after == before, "\n".join(_difference(table, rows, after[table]) for table, rows in before.items() if rows != after[table])


@dataclass
class Questions:
    """The statements that went to the database."""

    statements: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.statements)

    def __int__(self) -> int:
        return len(self.statements)

    def __str__(self) -> str:
        return "\n".join(self.statements)


@contextlib.contextmanager
def count_queries(app: Flask) -> Iterator[Questions]:
    """Collect the statements sent inside: `with count_queries(app) as asked: …; len(asked)`."""
    asked = Questions()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            asked.statements.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def _difference(table: str, before: list[str], after: list[str]) -> str:
    gone, come = sorted(set(before) - set(after)), sorted(set(after) - set(before))
    return "\n".join([f"{table} changed:", *(f"- {row}" for row in gone), *(f"+ {row}" for row in come)])


def all_rows(app: Flask) -> dict[str, list[str]]:
    """Every row of every table, spelt out."""
    with app.app_context(), db.engine.connect() as connection:
        return {t.name: [repr(row) for row in _rows(connection, t)] for t in Base.metadata.sorted_tables}


def _rows(connection: sa.Connection, table: sa.Table) -> list[dict[str, object]]:
    return [dict(row) for row in connection.execute(sa.select(table)).mappings()]


def _business(rows: list[dict[str, object]], table: str) -> list[str]:
    free = MAY_CHANGE_COLUMNS.get(table, frozenset())
    column, value = MAY_CHANGE_ROWS.get(table, ("", ""))
    counted = [row for row in rows if not column or str(getattr(row[column], "value", row[column])) != value]
    return sorted(repr({name: held for name, held in row.items() if name not in free}) for row in counted)
