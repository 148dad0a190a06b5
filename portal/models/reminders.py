"""Reminders that go out by themselves: the firm's named schedules, and what was asked again, of whom, on which of their days."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Identified, Owned, owned_by


class Tone(StrEnum):
    """How plainly we ask again."""

    FRIENDLY = "friendly"
    CLEAR = "clear"
    LAST = "last"


class ReminderSchedule(Identified, Base):
    """One of the firm's schedules; each step says how many working days from the item's day, in which tone and at which hour."""

    __tablename__ = "reminder_schedule"

    name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    steps: Mapped[list[dict[str, object]]] = mapped_column(default=list)
    archived_at: Mapped[datetime | None]


class Reminded(Owned, Base):
    """That one step of a schedule went on its way for an item to a person on a day of theirs. The key lets it happen once."""

    __tablename__ = "reminded"

    rule: Mapped[str] = mapped_column(sa.String(48), primary_key=True)
    item_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    local_date: Mapped[date] = mapped_column(primary_key=True)
    project_id: Mapped[uuid.UUID]
    n: Mapped[int]
    tone: Mapped[Tone]
    is_last: Mapped[bool]
    outbox_id: Mapped[uuid.UUID]

    __table_args__ = (owned_by("item"), sa.Index("ix_reminded_project", "project_id"), sa.Index("ix_reminded_outbox", "outbox_id"))


class ReminderDay(Base):
    """That a person's one reminder of a day of theirs was put on its way."""

    __tablename__ = "reminder_day"

    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    local_date: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class DigestDay(Base):
    """That the morning letter of a day of theirs was put on its way to somebody of the firm, or had nothing to say."""

    __tablename__ = "digest_day"

    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    local_date: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime]
