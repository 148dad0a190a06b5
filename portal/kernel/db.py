"""The database: our own declarative base, the column types everyone shares, and sessions that know who opened them."""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry
from sqlalchemy.pool import ConnectionPoolEntry

from portal.kernel.viewer import Viewer

WAIT = 10  # seconds a writer waits for others


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware moment, kept in UTC on every database (SQLite would return it naive)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class InWords(sa.types.TypeDecorator[str]):
    """An id read as the text it is written as: for whoever reads a hundred thousand of them, and only writes them down."""

    impl = sa.String
    cache_ok = True

    def process_result_value(self, value: uuid.UUID | str | None, dialect: Dialect) -> str | None:
        if value is None or not isinstance(value, str):
            return None if value is None else str(value)
        return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"  # SQLite keeps the bare 32 digits


def in_words(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A column to be read as it is written down: ids as text, all others as they are."""
    return sa.type_coerce(column, InWords()).label(column.key) if isinstance(column.type, sa.Uuid) else column


class Base(DeclarativeBase):
    """Every table of ours."""

    registry = registry(
        metadata=sa.MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            datetime: Instant,
            Enum: sa.Enum(
                Enum, native_enum=False, create_constraint=False, length=32, values_callable=lambda kind: [m.value for m in kind]
            ),
            dict[str, object]: sa.JSON,
            dict[str, str]: sa.JSON,
            list[dict[str, object]]: sa.JSON,
            list[str]: sa.JSON,
            list[int]: sa.JSON,
        },
    )


class Identified:
    """A row with an id of its own, random and therefore silent about order and number."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)


def read_id(text: str | None) -> uuid.UUID | None:
    """The id somebody wrote or a page carried; None when it is no id."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


class Owned:
    """A row that belongs to one client and is lent only to those who may see that client."""

    client_id: Mapped[uuid.UUID] = mapped_column(index=False)


def owned_by(parent: str, column: str | None = None, *, same: str = "") -> sa.ForeignKeyConstraint:
    """A key to an owned parent that includes the client, so that no row can point across clients."""
    column = column or f"{parent}_id"
    extra = [same] if same else []
    return sa.ForeignKeyConstraint(
        ["client_id", *extra, column], [f"{parent}.client_id", *(f"{parent}.{e}" for e in extra), f"{parent}.id"], ondelete="RESTRICT"
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


def prepare(engine: Engine) -> None:
    """On SQLite: durable commits, foreign keys, and a write lock taken first by those who say that they will write.

    Writers of one process stand in line for it: SQLite itself lets them knock again and again, with longer and longer naps.
    """
    if engine.dialect.name != "sqlite":
        return
    line = threading.Lock()

    @event.listens_for(engine, "connect")
    def _connect(raw: sqlite3.Connection, _record: object) -> None:
        raw.isolation_level = None
        for pragma in ("journal_mode=wal", "synchronous=full", f"busy_timeout={WAIT * 1000}", "foreign_keys=on"):
            raw.execute(f"pragma {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if not connection.get_execution_options().get("writes"):
            connection.exec_driver_sql("BEGIN")
            return
        if not connection.info.get("in_line"):
            connection.info["in_line"] = line.acquire(timeout=WAIT)
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def _checkin(_raw: sqlite3.Connection | None, record: ConnectionPoolEntry) -> None:
        if record.info.pop("in_line", False):
            line.release()


def open_session(viewer: Viewer, *, writes: bool) -> Session:
    """Begin a session for somebody: the first line of every door, worker task and command."""
    session = db.session()
    if session.in_transaction():
        session.rollback()
    session.info.update(viewer=viewer, writes=writes)
    if writes:
        session.connection(execution_options={"writes": True})
    return session


def admit(viewer: Viewer) -> None:
    """Hand the open session over to the viewer that the door has recognised."""
    db.session().info["viewer"] = viewer


@contextmanager
def acting_as(viewer: Viewer) -> Iterator[None]:
    """Look with other eyes for a moment, as the system does when it has to know whose rights apply."""
    info = db.session().info
    before = info.get("viewer")
    info["viewer"] = viewer
    try:
        yield
    finally:
        info["viewer"] = before


def present_viewer() -> Viewer | None:
    """Whoever the open session belongs to."""
    viewer = db.session().info.get("viewer")
    return viewer if isinstance(viewer, Viewer) else None


def insert_or_ignore(model: type[Base], values: Mapping[str, object], *, session: Session | None = None) -> bool:
    """Insert a row unless one with the same key is there; True when it was inserted."""
    session = session or db.session()
    wanted = inserting(model, session=session).values(**values).on_conflict_do_nothing().returning(sa.literal(1))
    return session.execute(wanted).first() is not None  # not every driver counts the rows of an insert


def inserting(model: type[Base], *, session: Session) -> sqlite.Insert | postgresql.Insert:
    """An insert that knows of conflicts, in the words of this session's database; both spell them alike."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(model)
    return sqlite.insert(model)


def rows_changed(statement: sa.Update | sa.Delete) -> int:
    """Run a bulk statement; how many rows it changed."""
    return int(getattr(db.session.execute(statement), "rowcount", 0))
