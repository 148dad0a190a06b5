"""Comments pinned to a spot on a picture or a page of a frozen version, what was said back, and what became of them."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Identified, Owned, owned_by
from portal.kernel.record import Audience
from portal.kernel.refusal import N_, Refused
from portal.models.files import FromSide

WHOLE = 1000  # spots are kept in tenths of a per cent, from the left and from the top
COLUMNS, ROWS = ("left", "middle", "right"), ("upper", "middle", "lower")


class Fate(StrEnum):
    """What became of a comment."""

    DONE = "done"
    LEFT = "left"


class Pin(Identified, Owned, Base):
    """A comment on a spot of a file of a version. It hangs on the version and is no part of what was frozen.

    Each audience counts its own (`n`), so that a number never tells a client of comments they do not see.
    """

    __tablename__ = "pin"

    item_id: Mapped[uuid.UUID]
    version_id: Mapped[uuid.UUID]
    upload_id: Mapped[uuid.UUID]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    page: Mapped[int] = mapped_column(default=1)
    x: Mapped[int]
    y: Mapped[int]
    audience: Mapped[Audience]
    n: Mapped[int]
    side: Mapped[FromSide]
    by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    words: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime]
    fate: Mapped[Fate | None]
    because: Mapped[str] = mapped_column(sa.Text, default="")
    settled_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["client_id", "item_id", "version_id"],
            ["approval_version.client_id", "approval_version.item_id", "approval_version.id"],
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "version_id", "upload_id"],
            ["version_file.client_id", "version_file.version_id", "version_file.upload_id"],
            ondelete="RESTRICT",
        ),
        sa.UniqueConstraint("version_id", "audience", "n"),
        sa.UniqueConstraint("client_id", "item_id", "audience", "id"),
        sa.CheckConstraint(f"x BETWEEN 0 AND {WHOLE} AND y BETWEEN 0 AND {WHOLE}", name="ck_pin_spot"),
        sa.Index("ix_pin_item", "item_id"),
    )

    @property
    def is_open(self) -> bool:
        """Whether nothing became of it yet."""
        return self.fate is None

    @property
    def is_internal(self) -> bool:
        """Whether only the firm sees it."""
        return self.audience is Audience.INTERNAL

    @property
    def left(self) -> str:
        """How far from the left, as SVG writes it."""
        return f"{self.x / 10:g}%"

    @property
    def top(self) -> str:
        """How far from the top, as SVG writes it."""
        return f"{self.y / 10:g}%"

    @property
    def mark(self) -> str:
        """What stands on the pin: a number, or letters where only the firm sees it."""
        return letters(self.n) if self.is_internal else str(self.n)

    @property
    def spot(self) -> tuple[str, str]:
        """In which of nine parts of the page it lies: the row and the column."""
        return ROWS[min(self.y * 3 // WHOLE, 2)], COLUMNS[min(self.x * 3 // WHOLE, 2)]

    def settle(self, fate: Fate, because: str, *, by_id: uuid.UUID | None, at: datetime) -> None:
        """Say what became of it."""
        if not self.is_open:
            raise Refused(N_("Somebody has answered this comment already."))
        self.fate, self.because, self.settled_by, self.settled_at = fate, because, by_id, at

    def reopen(self) -> None:
        """Open it again."""
        if self.is_open:
            raise Refused(N_("This comment is open already."))
        self.fate, self.because, self.settled_by, self.settled_at = None, "", None, None


class PinReply(Identified, Owned, Base):
    """What was said back to a comment, for the same eyes as the comment itself."""

    __tablename__ = "pin_reply"

    item_id: Mapped[uuid.UUID]
    pin_id: Mapped[uuid.UUID]
    audience: Mapped[Audience]
    by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    words: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime]

    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["client_id", "item_id", "audience", "pin_id"],
            ["pin.client_id", "pin.item_id", "pin.audience", "pin.id"],
            ondelete="RESTRICT",
        ),
        owned_by("item"),
        sa.Index("ix_pin_reply_pin", "pin_id"),
    )


def letters(n: int) -> str:
    """A number as letters: A to Z, then AA and so on."""
    text = ""
    while n > 0:
        n, rest = divmod(n - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
