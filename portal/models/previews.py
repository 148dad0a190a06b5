"""What a page shows of a file: our own small copies of it, made by the worker. All of it can be thrown away and made again."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Identified, Owned, owned_by

EDGES = {"thumb": 320, "small": 700, "screen": 1400, "large": 2800}


@dataclass(frozen=True)
class Copy:
    """One size of a preview, and where its bytes lie."""

    key: str
    bytes: int
    width: int
    height: int
    type: str


class Preview(Identified, Owned, Base):
    """One page of a file (pictures and films have one), in several sizes, the largest first; or why there is nothing to see.

    Width and height are those of the original when it stands upright (for a PDF in points), `pages` how many it has (0 for all others).
    """

    __tablename__ = "preview"

    upload_id: Mapped[uuid.UUID]
    page: Mapped[int] = mapped_column(default=1)
    pages: Mapped[int] = mapped_column(default=0)
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str] = mapped_column(sa.String(20), default="")
    sheets: Mapped[list[dict[str, object]]]
    made_at: Mapped[datetime]

    __table_args__ = (owned_by("upload"), sa.UniqueConstraint("upload_id", "page"))

    @property
    def copies(self) -> list[Copy]:
        """Every size there is, the largest first; empty when there is nothing to see."""
        return [Copy(**cast("dict[str, Any]", sheet)) for sheet in self.sheets]

    def copy(self, size: str) -> Copy | None:
        """The smallest copy that fills this size; of a small picture the only one there is."""
        copies, edge = self.copies, EDGES.get(size, EDGES["screen"])
        enough = [copy for copy in copies if max(copy.width, copy.height) >= edge - 1]
        return enough[-1] if enough else copies[0] if copies else None
