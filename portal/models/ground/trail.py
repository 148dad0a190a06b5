"""What became of goals and assumptions, step by step, and what is built on them."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Identified, Owned, owned_by
from portal.kernel.scope import Seen, hide_from_clients
from portal.kernel.viewer import Viewer
from portal.models.files import FromSide


class Did(StrEnum):
    """What somebody did with a goal or an assumption."""

    WRITTEN = "written"
    CHANGED = "changed"
    AGREED = "agreed"
    ASKED = "asked"
    REVIEWED = "reviewed"
    ANSWERED = "answered"
    ENDED = "ended"


class GroundStep(Identified, Owned, Base):
    """One thing somebody did with a goal or an assumption, with what it said then; never changed."""

    __tablename__ = "ground_step"

    project_id: Mapped[uuid.UUID]
    goal_id: Mapped[uuid.UUID | None]
    assumption_id: Mapped[uuid.UUID | None]
    n: Mapped[int]
    did: Mapped[Did]
    side: Mapped[FromSide]
    by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    at: Mapped[datetime]
    said: Mapped[dict[str, str]]

    __table_args__ = (
        owned_by("project"),
        owned_by("goal"),
        owned_by("assumption"),
        sa.CheckConstraint("(goal_id IS NULL) <> (assumption_id IS NULL)", name="ground_step_of_one"),
        sa.Index("ix_ground_step_project_at", "project_id", "at"),
    )


class Basis(Identified, Owned, Base):
    """That a thing, a milestone or a goal serves a goal, or rests on an assumption; and when we last looked whether it still holds."""

    __tablename__ = "basis"

    project_id: Mapped[uuid.UUID]
    goal_id: Mapped[uuid.UUID | None]
    assumption_id: Mapped[uuid.UUID | None]
    item_id: Mapped[uuid.UUID | None]
    milestone_id: Mapped[uuid.UUID | None]
    resting_goal_id: Mapped[uuid.UUID | None]
    checked_at: Mapped[datetime]

    __table_args__ = (
        owned_by("project"),
        owned_by("goal"),
        owned_by("assumption"),
        owned_by("item"),
        owned_by("milestone"),
        owned_by("goal", "resting_goal_id"),
        sa.CheckConstraint("(goal_id IS NULL) <> (assumption_id IS NULL)", name="basis_of_one"),
        sa.Index("ix_basis_project", "project_id"),
        sa.Index("ix_basis_item", "item_id"),
    )


def not_for_guests(viewer: Viewer) -> Seen[Basis]:
    """What concerns a whole project is nothing for guests, who see only what names them."""
    guest_of = viewer.guest_of
    return lambda row: row.client_id.not_in(guest_of)


for about in cast("tuple[type[Basis], ...]", (Basis, GroundStep)):
    hide_from_clients(about, not_for_guests)
