"""What a client sent until staff finished checking it, and exactly what was handed over in each round."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Identified, Owned, owned_by
from portal.models.people import initials


class Verdict(StrEnum):
    """What staff said of a hand-over."""

    ACCEPTED = "accepted"
    RETURNED = "returned"


UNFINISHED: sa.ColumnElement[bool] = sa.literal_column("finished_at IS NULL")


UNJUDGED: sa.ColumnElement[bool] = sa.literal_column("verdict IS NULL AND taken_back_at IS NULL")


class Delivery(Identified, Owned, Base):
    """All a client sent for a project until staff finished checking it, with a number to speak of."""

    __tablename__ = "delivery"

    project_id: Mapped[uuid.UUID]
    number: Mapped[int]
    opened_at: Mapped[datetime]
    last_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    finished_by: Mapped[uuid.UUID | None]

    __table_args__ = (
        owned_by("project"),
        sa.UniqueConstraint("client_id", "id"),
        sa.Index("uq_delivery_open", "project_id", unique=True, sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
    )


class HandOver(Identified, Owned, Base):
    """What exactly was handed over for an item in one round: frozen, hashed, and later judged."""

    __tablename__ = "hand_over"

    item_id: Mapped[uuid.UUID]
    round: Mapped[int]
    delivery_id: Mapped[uuid.UUID]
    by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(sa.Text, default="")
    content: Mapped[str] = mapped_column(sa.Text)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    taken_back_at: Mapped[datetime | None]
    verdict: Mapped[Verdict | None]
    verdict_by: Mapped[uuid.UUID | None]
    verdict_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(sa.Text, default="")

    __table_args__ = (
        owned_by("item"),
        owned_by("delivery"),
        sa.UniqueConstraint("item_id", "round"),
        sa.UniqueConstraint("client_id", "id"),
        sa.Index("ix_hand_over_unjudged", "delivery_id", sqlite_where=UNJUDGED, postgresql_where=UNJUDGED),
    )

    @property
    def is_open(self) -> bool:
        """Whether it still waits for a verdict."""
        return self.verdict is None and self.taken_back_at is None


def reference(client_name: str, *, project: int, number: int) -> str:
    """What both sides call a delivery when they speak of it: the client's letters, the project's number, its own, such as LB-0114."""
    return f"{initials(client_name)}-{project:02d}{number:02d}"
