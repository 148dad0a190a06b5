"""What is in a client's way, in their words, until we have answered it. The item waits for us that long."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Identified, Owned, owned_by
from portal.kernel.refusal import N_, Refused


class Snag(Identified, Owned, Base):
    """Something that keeps a client from an item, and what we answered; taken back by themselves it has no answer."""

    __tablename__ = "snag"

    item_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    words: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    answer: Mapped[str] = mapped_column(sa.Text, default="")

    __table_args__ = (owned_by("item"), sa.Index("ix_snag_item", "item_id"))

    def end(self, answer: str, *, by_id: uuid.UUID | None, at: datetime) -> None:
        """Note what we answered, or that it is out of the way; once."""
        if self.ended_at:
            raise Refused(N_("This has been answered already."))
        self.ended_at, self.ended_by, self.answer = at, by_id, answer
