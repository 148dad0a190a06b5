"""What a client and we agreed about silence, and each time it runs: no answer on an announced day counts as agreed, never as approved."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Identified, Owned, owned_by

LEAST_DAYS = 5
"""Working days of the client's calendar between the first announcement and the day it takes effect; and for objecting afterwards."""
NOTICE_DAYS = 2
"""Working days between the second announcement and that day."""

OPEN: sa.ColumnElement[bool] = sa.literal_column("ended_at IS NULL")


class Ending(StrEnum):
    """Why it runs no longer."""

    DEEMED = "deemed"
    MORE_TIME = "more_time"
    ACTIVITY = "activity"
    DECIDED = "decided"
    REPLACED = "replaced"
    RESTED = "rested"
    WITHDRAWN = "withdrawn"
    BOUNCED = "bounced"
    UNSENT = "unsent"


class Agreement(Identified, Owned, Base):
    """That a decider of the client agreed, for one project, to what silence means, and to which text; ended for the future only."""

    __tablename__ = "agreement"

    project_id: Mapped[uuid.UUID]
    consent: Mapped[str] = mapped_column(sa.String(64))
    by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        owned_by("project"),
        sa.UniqueConstraint("client_id", "id"),
        sa.Index("uq_agreement_open", "project_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )


class Silence(Identified, Owned, Base):
    """That silence runs on a version: the days it was announced on, the day after which it takes effect, and how it ended."""

    __tablename__ = "silence"

    item_id: Mapped[uuid.UUID]
    version_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    agreement_id: Mapped[uuid.UUID]
    began_at: Mapped[datetime]
    first_on: Mapped[date | None]
    second_on: Mapped[date | None]
    effect_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    ending: Mapped[Ending | None]

    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["client_id", "item_id", "version_id"],
            ["approval_version.client_id", "approval_version.item_id", "approval_version.id"],
            ondelete="RESTRICT",
        ),
        owned_by("agreement"),
        sa.Index("ix_silence_item", "item_id"),
    )

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None

    def end(self, ending: Ending, *, at: datetime) -> None:
        """Let it run no longer, once."""
        if self.runs:
            self.ended_at, self.ending = at, ending
