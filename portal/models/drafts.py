"""What the firm writes until it is published: the draft has one row, each published version another that never changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from portal.kernel.db import Identified, db


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


Thing = TypeVar("Thing", bound=Drafted)
Version = TypeVar("Version", bound=Published)
Text = TypeVar("Text")
EVERY = sa.true()


@dataclass(frozen=True)
class Shelved(Generic[Thing, Version, Text]):
    """One of them: what is being written, the version that is published, whether the two differ, and how often a version was used."""

    thing: Thing
    draft: Text
    latest: Version | None
    changed: bool
    used: int


@dataclass(frozen=True)
class Shelf(Generic[Thing, Version, Text]):
    """All of one kind, with what is published of them; `whose` says of which one a version is, `used_by` what points at a version."""

    things: type[Thing]
    versions: type[Version]
    whose: InstrumentedAttribute[UUID]
    used_by: InstrumentedAttribute[UUID | None]
    parse: Callable[[str], Text]
    sha256: Callable[[Text], str]
    only: sa.ColumnElement[bool] = EVERY

    def all(self, *, archived: bool = False) -> list[Shelved[Thing, Version, Text]]:
        """Those in use, or those put away, by name."""
        return self._read(self.only, self._put_away(archived))

    def one(self, thing: Thing) -> Shelved[Thing, Version, Text]:
        """One of them."""
        return self._read(self.things.id == thing.id)[0]

    def latest(self, thing_id: UUID) -> Version | None:
        """The version that counts now."""
        return db.session.scalar(select(self.versions).where(self.whose == thing_id).order_by(self.versions.n.desc()).limit(1))

    def archived_count(self) -> int:
        """How many are put away."""
        return db.session.scalar(select(func.count(self.things.id)).where(self.only, self._put_away(archived=True))) or 0

    def _put_away(self, archived: bool) -> sa.ColumnElement[bool]:
        return self.things.archived_at.is_not(None) if archived else self.things.archived_at.is_(None)

    def _read(self, *which: sa.ColumnElement[bool]) -> list[Shelved[Thing, Version, Text]]:
        mine = self.whose == self.things.id
        newest = select(func.max(self.versions.n)).where(mine).correlate(self.things).scalar_subquery()
        used = select(func.count(self.used_by)).join(self.versions, self.versions.id == self.used_by).where(mine)
        columns: Any = (self.things, self.versions, used.correlate(self.things).scalar_subquery())
        query = select(*columns).outerjoin(self.versions, and_(mine, self.versions.n == newest))
        rows = db.session.execute(query.where(*which).order_by(func.lower(self.things.name), self.things.id))
        return [self._shelved(*row) for row in rows]

    def _shelved(self, thing: Thing, latest: Version | None, used: int) -> Shelved[Thing, Version, Text]:
        draft = self.parse(thing.draft)
        return Shelved(thing, draft, latest, latest is None or latest.sha256 != self.sha256(draft), used)
