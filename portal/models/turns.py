"""Who waits for an item, stretch by stretch, and who is named to do it."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Identified, Owned, owned_by
from portal.models.item_states import ItemState, WaitingOn


class Part(StrEnum):
    """What a named person does on an item."""

    DO = "do"
    DECIDE = "decide"
    DEPUTY = "deputy"
    HELP = "help"


class ItemPerson(Identified, Owned, Base):
    """That a named person does or decides an item; without such rows everybody does whose role allows.

    Somebody who helps was asked for a part of a questionnaire or for the files of an item: `scope` holds `questions`, the keys of all they
    may see and answer (of files ""), `pieces`, the sections and questions that were chosen, `called` and `note` what the asker wrote,
    `done` in which round they said that all is there. It takes nothing from others.
    """

    __tablename__ = "item_person"

    item_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    part: Mapped[Part]
    position: Mapped[int] = mapped_column(default=0)
    scope: Mapped[dict[str, object] | None] = mapped_column(sa.JSON)
    asked_by: Mapped[uuid.UUID | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        owned_by("item"),
        sa.ForeignKeyConstraint(["client_id", "person_id"], ["membership.client_id", "membership.person_id"], ondelete="RESTRICT"),
        sa.UniqueConstraint("item_id", "person_id", "part"),
        sa.Index("ix_item_person_person", "person_id"),
    )


ENDLESS: sa.ColumnElement[bool] = sa.literal_column("ended_at IS NULL")


class Turn(Owned, Base):
    """One stretch of waiting on an item, and for whom."""

    __tablename__ = "turn"

    item_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    side: Mapped[WaitingOn]
    state: Mapped[ItemState]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        owned_by("item"),
        sa.Index("uq_turn_open", "item_id", unique=True, sqlite_where=ENDLESS, postgresql_where=ENDLESS),
    )
