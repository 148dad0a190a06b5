"""Marks that reading leaves (seen) and what left the building (sent mail). Neither is evidence, neither is chained."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base


class Seen(Base):
    """When a person first and last opened a thing."""

    __tablename__ = "seen"

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    object_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]


class MailSent(Base):
    """A mail that left, kept so that threads stay together and answers find their place."""

    __tablename__ = "mail_sent"

    message_id: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    person_id: Mapped[uuid.UUID | None]
    project_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    item_id: Mapped[uuid.UUID | None]
    kind: Mapped[str] = mapped_column(sa.String(40))
    at: Mapped[datetime]
    bounced_at: Mapped[datetime | None]

    __table_args__ = (sa.Index("ix_mail_sent_person_at", "person_id", "at"),)
