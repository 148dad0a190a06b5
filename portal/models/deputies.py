"""Who decides for whom while they are away: named by the decider, for some days, and never handed on."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from portal.kernel.db import Base, Identified, Owned

OPEN: sa.ColumnElement[bool] = sa.literal_column("ended_at IS NULL")


class Deputy(Identified, Owned, Base):
    """That one contact of a client may decide in the place of another, from one day to another."""

    __tablename__ = "deputy"

    person_id: Mapped[uuid.UUID]
    deputy_id: Mapped[uuid.UUID]
    begins_on: Mapped[date]
    ends_on: Mapped[date]
    named_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        sa.ForeignKeyConstraint(["client_id", "person_id"], ["membership.client_id", "membership.person_id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["client_id", "deputy_id"], ["membership.client_id", "membership.person_id"], ondelete="RESTRICT"),
        sa.Index("uq_deputy_open", "client_id", "person_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        sa.Index("ix_deputy_deputy", "deputy_id"),
    )

    def counts_on(self, day: date) -> bool:
        """Whether it counts on a day."""
        return self.ended_at is None and self.begins_on <= day <= self.ends_on

    def end(self, *, at: datetime) -> None:
        """Let it count no more."""
        self.ended_at = self.ended_at or at
