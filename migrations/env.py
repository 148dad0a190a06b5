"""Runs migrations. On SQLite foreign keys rest while tables are rebuilt, are checked after, and the triggers are created anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context
from flask import current_app

import portal.models  # noqa: F401 - defines every table
from portal.kernel.append_only import protect
from portal.kernel.db import Base


def run() -> None:
    """Migrate whole or not at all; SQLite too can roll back what changes tables, but Alembic has to be told."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect().execution_options(writes=True) as connection:  # one who waits for its turn, not one who finds the door shut
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            connection.connection.execute("pragma foreign_keys=off")  # has no effect inside a transaction
        try:
            _migrate(connection)
        except BaseException:
            connection.invalidate()
            raise
        if sqlite:
            connection.connection.execute("pragma foreign_keys=on")


def _migrate(connection: sa.Connection) -> None:
    how = {"render_as_batch": True, "compare_type": True, "transactional_ddl": True, "transaction_per_migration": False}
    context.configure(connection=connection, target_metadata=Base.metadata, **how)
    with context.begin_transaction():
        context.run_migrations()
        if sa.inspect(connection).has_table("event"):
            protect(connection)
        broken = connection.exec_driver_sql("pragma foreign_key_check").fetchall() if connection.dialect.name == "sqlite" else []
        if broken:
            raise RuntimeError(f"rows point to nothing after the migration: {broken[:5]}")


run()
