"""What somebody is said to have decided elsewhere, by phone or in a meeting. It counts for nothing until they confirm it."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Identified, Owned
from portal.kernel.refusal import N_, Refused
from portal.models.approvals import Choice


class Way(StrEnum):
    """How it was said."""

    PHONE = "phone"
    MEETING = "meeting"
    EMAIL = "email"
    LETTER = "letter"


class Outcome(StrEnum):
    """What became of it."""

    CONFIRMED = "confirmed"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"


OPEN: sa.ColumnElement[bool] = sa.literal_column("ended_at IS NULL")


class Heard(Identified, Owned, Base):
    """What staff heard: who is said to have decided what on which version, and how that person answered it."""

    __tablename__ = "heard"

    item_id: Mapped[uuid.UUID]
    version_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    choice: Mapped[Choice]
    words: Mapped[str] = mapped_column(sa.Text, default="")
    way: Mapped[Way]
    said_on: Mapped[date]
    by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None]
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    decision_id: Mapped[uuid.UUID | None]

    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["client_id", "item_id", "version_id"],
            ["approval_version.client_id", "approval_version.item_id", "approval_version.id"],
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["client_id", "decision_id"], ["decision.client_id", "decision.id"], ondelete="RESTRICT"),
        sa.CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="heard_outcome"),
        sa.Index("uq_heard_open", "version_id", "person_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        sa.Index("ix_heard_item", "item_id"),
    )

    @property
    def is_open(self) -> bool:
        """Whether the person has not answered it yet."""
        return self.ended_at is None

    def finish(self, outcome: Outcome, *, at: datetime, answer: str = "", decision_id: uuid.UUID | None = None) -> None:
        """Note what became of it; once."""
        if not self.is_open:
            raise Refused(N_("This has been answered already."))
        self.outcome, self.ended_at, self.answer, self.decision_id = outcome, at, answer, decision_id
