"""Calls: asked for by a client with three times to choose from, and what was said in one, until they confirm it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Identified, Owned, owned_by
from portal.kernel.refusal import N_, Refused
from portal.kernel.scope import Seen, hide_from_clients
from portal.kernel.viewer import Role, Viewer

LASTS = timedelta(minutes=30)
OVER = N_("This has changed in the meantime. Please look again.")


class Outcome(StrEnum):
    """What became of a call that was asked for."""

    HELD = "held"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"


class Call(Identified, Owned, Base):
    """That somebody asks to be called, when it would suit them, and the time one of us chose."""

    __tablename__ = "call"

    project_id: Mapped[uuid.UUID]
    item_id: Mapped[uuid.UUID | None]
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    about: Mapped[str] = mapped_column(sa.Text)
    slots: Mapped[list[str]]
    asked_at: Mapped[datetime]
    starts_at: Mapped[datetime | None]
    staff_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    fixed_at: Mapped[datetime | None]
    fixed_times: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None]
    answer: Mapped[str] = mapped_column(sa.Text, default="")

    __table_args__ = (
        owned_by("project"),
        owned_by("item"),
        sa.UniqueConstraint("client_id", "id"),
        sa.Index("ix_call_project", "project_id"),
        sa.Index("ix_call_open", "ended_at", "asked_at"),
    )

    @property
    def times(self) -> list[datetime]:
        """The times that were proposed."""
        return [datetime.fromisoformat(slot) for slot in self.slots]

    @property
    def is_open(self) -> bool:
        """Whether somebody still waits for it."""
        return self.ended_at is None

    def fix(self, slot: datetime, *, staff_id: uuid.UUID, at: datetime) -> None:
        """Choose one of the times; another one later, as long as it was not held."""
        if not self.is_open:
            raise Refused(OVER)
        if slot not in self.times or slot <= at:
            raise Refused(N_("Choose one of the times that lie ahead."), field="slot", status=422)
        self.starts_at, self.staff_id, self.fixed_at = slot, staff_id, at
        self.fixed_times += 1

    def end(self, outcome: Outcome, *, at: datetime, answer: str = "") -> None:
        """Note what became of it; once."""
        if not self.is_open:
            raise Refused(OVER)
        self.ended_at, self.outcome, self.answer = at, outcome, answer


class CallSummary(Identified, Owned, Base):
    """What we understood in a call; whoever was called says that it is right, or what is."""

    __tablename__ = "call_summary"

    project_id: Mapped[uuid.UUID]
    call_id: Mapped[uuid.UUID | None]
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    words: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    is_right: Mapped[bool | None]
    correction: Mapped[str] = mapped_column(sa.Text, default="")

    __table_args__ = (owned_by("project"), owned_by("call"), sa.Index("ix_call_summary_project", "project_id"))

    def settle(self, correction: str, *, at: datetime) -> None:
        """Note that it is right, or what is; once."""
        if self.answered_at:
            raise Refused(N_("This has been answered already."))
        self.answered_at, self.is_right, self.correction = at, not correction, correction


def _own_or_of_a_whole_client(viewer: Viewer) -> Seen[Call]:
    """Everybody at the client but guests, who see their own."""
    guest_of = tuple(client_id for client_id, role in viewer.roles.items() if role is Role.GUEST)
    person_id = viewer.person_id
    return lambda row: sa.or_(row.client_id.not_in(guest_of), row.person_id == person_id)


for table in cast("tuple[type[Call], ...]", (Call, CallSummary)):
    hide_from_clients(table, cast("Callable[[Viewer], Seen[Call]]", _own_or_of_a_whole_client))
