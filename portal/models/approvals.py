"""What is presented for a decision, frozen and hashed, and who decided what on which version."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Identified, Owned, owned_by

TAKE_BACK_FOR = timedelta(minutes=15)


class Choice(StrEnum):
    """What can be decided: on an approval the first three, on a confirmation the last three."""

    APPROVED = "approved"
    CHANGES = "changes"
    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"


PRESENTED: sa.ColumnElement[bool] = sa.literal_column("superseded_at IS NULL")
LIVE: sa.ColumnElement[bool] = sa.literal_column("taken_back_at IS NULL")


class ApprovalVersion(Identified, Owned, Base):
    """The frozen thing a client decides on: canonical JSON as text, and its fingerprint."""

    __tablename__ = "approval_version"

    item_id: Mapped[uuid.UUID]
    n: Mapped[int]
    snapshot: Mapped[str] = mapped_column(sa.Text)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    presented_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]

    __table_args__ = (
        owned_by("item"),
        sa.UniqueConstraint("item_id", "n"),
        sa.UniqueConstraint("client_id", "id"),
        sa.UniqueConstraint("client_id", "item_id", "id"),
        sa.Index("uq_approval_version_presented", "item_id", unique=True, sqlite_where=PRESENTED, postgresql_where=PRESENTED),
    )


class VersionFile(Owned, Base):
    """That a file is part of a version."""

    __tablename__ = "version_file"

    version_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    upload_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    alt: Mapped[dict[str, str]] = mapped_column(default=dict)

    __table_args__ = (owned_by("approval_version", "version_id"), owned_by("upload"))


class Decision(Identified, Owned, Base):
    """Who decided what on which version; taking back is a date, never a delete."""

    __tablename__ = "decision"

    item_id: Mapped[uuid.UUID]
    version_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    choice: Mapped[Choice]
    words: Mapped[str] = mapped_column(sa.Text, default="")
    evidence: Mapped[dict[str, object]] = mapped_column(default=dict)
    idempotency_key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]

    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["client_id", "item_id", "version_id"],
            ["approval_version.client_id", "approval_version.item_id", "approval_version.id"],
            ondelete="RESTRICT",
        ),
        sa.UniqueConstraint("client_id", "id"),
        sa.Index("uq_decision_live", "version_id", "person_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
        sa.Index("ix_decision_item", "item_id"),
    )
