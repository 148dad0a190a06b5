"""The end of a project: what we say then, how the client found it, and what we learned. The last is ours alone."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Identified, Owned, owned_by
from portal.kernel.refusal import N_, Refused
from portal.kernel.scope import Seen, hide_from_clients
from portal.kernel.viewer import Role, Viewer

LIVES: sa.ColumnElement[bool] = sa.literal_column("undone_at IS NULL")
BEST = 5


class Closing(Identified, Owned, Base):
    """That a project was closed: what was made, our thanks, what happens next, and when we get in touch again and why."""

    __tablename__ = "closing"

    project_id: Mapped[uuid.UUID]
    language: Mapped[str] = mapped_column(sa.String(12))
    made: Mapped[str] = mapped_column(sa.Text, default="")
    thanks: Mapped[str] = mapped_column(sa.Text, default="")
    next: Mapped[str] = mapped_column(sa.Text, default="")
    again_on: Mapped[date | None]
    again_why: Mapped[str] = mapped_column(sa.String(300), default="")
    met_at: Mapped[datetime | None]
    met_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]

    __table_args__ = (
        owned_by("project"),
        sa.UniqueConstraint("client_id", "id"),
        sa.Index("uq_closing_living", "project_id", unique=True, sqlite_where=LIVES, postgresql_where=LIVES),
        sa.Index("ix_closing_again", "again_on"),
    )

    def met(self, *, by_id: uuid.UUID | None, at: datetime) -> None:
        """Note that we got in touch again."""
        if self.met_at or self.again_on is None:
            raise Refused(N_("Somebody has noted this already."))
        self.met_at, self.met_by = at, by_id

    def later(self, day: date, *, today: date) -> None:
        """Get in touch on another day."""
        if day <= today:
            raise Refused(N_("Choose a day after today."), field="again_on", status=422)
        self.again_on, self.met_at, self.met_by = day, None, None


class Feedback(Identified, Owned, Base):
    """How somebody found the project, and what we should do differently."""

    __tablename__ = "feedback"

    project_id: Mapped[uuid.UUID]
    closing_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    stars: Mapped[int]
    words: Mapped[str] = mapped_column(sa.Text, default="")
    at: Mapped[datetime]

    __table_args__ = (
        owned_by("project"),
        owned_by("closing"),
        sa.UniqueConstraint("closing_id", "person_id"),
        sa.CheckConstraint(f"stars BETWEEN 1 AND {BEST}", name="ck_feedback_stars"),
        sa.Index("ix_feedback_at", "at"),
    )


class Lesson(Identified, Owned, Base):
    """What we learned about working with a client; no client ever sees it."""

    __tablename__ = "lesson"

    project_id: Mapped[uuid.UUID]
    words: Mapped[str] = mapped_column(sa.Text)
    by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    at: Mapped[datetime]

    __table_args__ = (owned_by("project"), sa.Index("ix_lesson_client", "client_id", "at"))


def _not_for_guests(viewer: Viewer) -> Seen[Closing]:
    guest_of = tuple(client_id for client_id, role in viewer.roles.items() if role is Role.GUEST)
    return lambda row: row.client_id.not_in(guest_of)


def _own(viewer: Viewer) -> Seen[Feedback]:
    person_id = viewer.person_id
    return lambda row: row.person_id == person_id


hide_from_clients(Closing, _not_for_guests)
hide_from_clients(Feedback, _own)
hide_from_clients(Lesson, lambda viewer: lambda row: sa.false())
