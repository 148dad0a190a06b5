"""Runs migrations. On SQLite foreign keys rest while tables are rebuilt, are checked after, and the triggers are created anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context
from flask import current_app

import portal.models  # noqa: F401 - defines every table
from portal.kernel.append_only import protect
from portal.kernel.db import Base


def run() -> None:
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            connection.connection.execute("pragma foreign_keys=off")
        context.configure(
            connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True, transaction_per_migration=False
        )
        with context.begin_transaction():
            context.run_migrations()
            if sa.inspect(connection).has_table("event"):
                protect(connection)
            broken = connection.exec_driver_sql("pragma foreign_key_check").fetchall() if sqlite else []
            if broken:
                raise RuntimeError(f"rows point to nothing after the migration: {broken[:5]}")
        if sqlite:
            connection.connection.execute("pragma foreign_keys=on")


run()
