"""Templates of projects and their published versions; and, in a running project, what opens when, and days that are not known yet."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Identified, Owned, owned_by
from portal.kernel.refusal import N_, Refused
from portal.models.drafts import Drafted, Published
from portal.models.template.circles import in_circles
from portal.models.template.shape import Is


class ProjectTemplate(Drafted, Base):
    """A template in the making; projects start from published versions only. `step` counts the changes that led to the draft."""

    __tablename__ = "project_template"

    step: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime]


class DraftStep(Base):
    """A template's draft as it was after `n` changes, for Undo and Redo; the one that stands may be missing here."""

    __tablename__ = "draft_step"

    template_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("project_template.id", ondelete="RESTRICT"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    draft: Mapped[str] = mapped_column(sa.Text)


class TemplateVersion(Published, Base):
    """A published template."""

    __tablename__ = "template_version"

    template_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("project_template.id", ondelete="RESTRICT"))
    document: Mapped[str] = mapped_column(sa.Text)

    __table_args__ = (sa.UniqueConstraint("template_id", "n"),)


class ItemNeed(Owned, Base):
    """That an item stays closed until another one has come to something; `why` is said to the client."""

    __tablename__ = "item_need"

    item_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    needs_item_id: Mapped[uuid.UUID]
    is_: Mapped[Is] = mapped_column("is_what")
    question_key: Mapped[str] = mapped_column(sa.String(64), default="")
    value: Mapped[str] = mapped_column(sa.String(200), default="")
    why: Mapped[dict[str, str]] = mapped_column(default=dict)

    __table_args__ = (owned_by("item"), owned_by("item", "needs_item_id"), sa.Index("ix_item_need_needs_item", "needs_item_id"))


class DayOf(StrEnum):
    """Which day of an item or a milestone is meant."""

    DUE = "due_on"
    STARTS = "starts_on"
    ENDS = "ends_on"


class LaterDay(Identified, Owned, Base):
    """A day counted from something that has yet to happen: an item's acceptance, or a milestone's end. Set once; `set_on` tells."""

    __tablename__ = "later_day"

    project_id: Mapped[uuid.UUID]
    item_id: Mapped[uuid.UUID | None]
    milestone_id: Mapped[uuid.UUID | None]
    which: Mapped[DayOf]
    after_item_id: Mapped[uuid.UUID | None]
    after_milestone_id: Mapped[uuid.UUID | None]
    days: Mapped[int]
    set_on: Mapped[date | None]

    __table_args__ = (
        owned_by("project"),
        owned_by("item"),
        owned_by("milestone"),
        owned_by("item", "after_item_id"),
        owned_by("milestone", "after_milestone_id"),
        sa.Index("ix_later_day_project", "project_id"),
        sa.Index("ix_later_day_after_item", "after_item_id"),
    )


def refuse_circles(needs: Iterable[ItemNeed]) -> None:
    """Refuse that an item waits, over however many others, for itself."""
    waits: dict[uuid.UUID, Collection[uuid.UUID]] = {}
    for need in needs:
        waits[need.item_id] = {*waits.get(need.item_id, ()), need.needs_item_id}
    if in_circles(waits):
        raise Refused(N_("These items would wait for each other, and none of them could ever open."), status=422)
