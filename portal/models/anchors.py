"""What speaks for the record outside of it: the key it is signed with, and the ends of its chains as they were written down elsewhere."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base


class SigningKey(Base):
    """A key downloads of the record are signed with; the secret half lies sealed. A new one is made only when SECRET_KEY was changed."""

    __tablename__ = "signing_key"

    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    public: Mapped[str] = mapped_column(sa.String(64))
    sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    made_at: Mapped[datetime]


class Anchor(Base):
    """The end of a chain on a day, as it was written down outside of the database too."""

    __tablename__ = "anchor"

    chain_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(sa.String(64))

    __table_args__ = (sa.Index("ix_anchor_day", "day"),)

    def told(self) -> dict[str, object]:
        """What is written down of it."""
        return {"chain": str(self.chain_id), "day": self.day.isoformat(), "seq": self.seq, "hash": self.hash}
