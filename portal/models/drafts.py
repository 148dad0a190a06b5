"""What the firm writes until it is published: the draft has one row, each published version another that never changes."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Identified


class Drafted(Identified):
    """Something in the making; `key` is its name across installations, `rev` counts how often it was saved."""

    key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    draft: Mapped[str] = mapped_column(sa.Text)
    rev: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None]


class Published(Identified):
    """A published version: canonical JSON under its fingerprint, never changed."""

    n: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    published_at: Mapped[datetime]
