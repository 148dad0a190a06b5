"""Files: bytes on their way, and what was received. The row stays forever; the bytes may be purged."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Identified, Owned, owned_by

PURGING: sa.ColumnElement[bool] = sa.literal_column("purging_at IS NOT NULL AND purged_at IS NULL")


class FromSide(StrEnum):
    """Who gave a file to whom."""

    CLIENT = "client"
    FIRM = "firm"


class Scan(StrEnum):
    """What the virus scanner said."""

    WAITING = "waiting"
    CLEAN = "clean"
    INFECTED = "infected"
    COULD_NOT = "could_not"
    NOT_SCANNED = "not_scanned"


class IncomingState(StrEnum):
    """How far bytes on their way have come."""

    OPEN = "open"
    COMPLETING = "completing"
    DONE = "done"
    FAILED = "failed"


class Incoming(Identified, Owned, Base):
    """Bytes on their way; becomes an upload only when hashed, durable and committed.

    `bytes` is what was announced, and what is kept free for it, until it is done. With `part_bytes` it comes in parts, and those that
    are here are the store's to know; `finding` is why it was refused.
    """

    __tablename__ = "incoming"

    project_id: Mapped[uuid.UUID]
    item_id: Mapped[uuid.UUID | None]
    question_key: Mapped[str] = mapped_column(sa.String(64), default="")
    row_key: Mapped[str] = mapped_column(sa.String(64), default="")
    replaces_id: Mapped[uuid.UUID | None]
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    idempotency_key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(255))
    fingerprint: Mapped[str] = mapped_column(sa.String(64), default="")
    bytes: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    part_bytes: Mapped[int] = mapped_column(default=0)
    key: Mapped[str] = mapped_column(sa.String(200))
    key_in_incoming: Mapped[str] = mapped_column(sa.String(200), default="")
    store_id: Mapped[str] = mapped_column(sa.String(200), default="")
    finding: Mapped[dict[str, object] | None]
    state: Mapped[IncomingState] = mapped_column(default=IncomingState.OPEN)
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    upload_id: Mapped[uuid.UUID | None] = mapped_column(unique=True)

    __table_args__ = (
        owned_by("project"),
        owned_by("item"),
        sa.UniqueConstraint("client_id", "id"),
        sa.Index("ix_incoming_state", "state", "expires_at"),
    )


class Upload(Identified, Owned, Base):
    """One received file."""

    __tablename__ = "upload"

    project_id: Mapped[uuid.UUID]
    item_id: Mapped[uuid.UUID | None]
    question_key: Mapped[str] = mapped_column(sa.String(64), default="")
    row_key: Mapped[str] = mapped_column(sa.String(64), default="")
    side: Mapped[FromSide]
    by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    name: Mapped[str] = mapped_column(sa.String(255))
    bytes: Mapped[int] = mapped_column(sa.BigInteger)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    type: Mapped[str] = mapped_column(sa.String(120))
    key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    received_at: Mapped[datetime]
    seen: Mapped[dict[str, object]] = mapped_column(default=dict)  # width, height, pages
    findings: Mapped[list[dict[str, object]]] = mapped_column(default=list)  # codes and facts, never sentences
    replaces_id: Mapped[uuid.UUID | None]
    first_id: Mapped[uuid.UUID | None]
    version: Mapped[int] = mapped_column(default=1)
    scan: Mapped[Scan] = mapped_column(default=Scan.NOT_SCANNED)
    scanned_at: Mapped[datetime | None]
    released_by: Mapped[uuid.UUID | None]
    removed_at: Mapped[datetime | None]
    purging_at: Mapped[datetime | None]
    purged_at: Mapped[datetime | None]

    __table_args__ = (
        owned_by("project"),
        owned_by("item"),
        sa.UniqueConstraint("client_id", "id"),
        sa.Index("ix_upload_item", "item_id"),
        sa.Index("ix_upload_project", "project_id", "received_at"),
        sa.Index("ix_upload_first", "first_id"),
        sa.Index("ix_upload_replaces", "replaces_id"),
        sa.Index("ix_upload_same", "project_id", "sha256"),
        sa.Index("ix_upload_purging", "purging_at", sqlite_where=PURGING, postgresql_where=PURGING),
    )

    @property
    def is_locked(self) -> bool:
        """Whether a virus was found in it and nobody has released it."""
        return self.scan is Scan.INFECTED and self.released_by is None

    @property
    def is_gone(self) -> bool:
        """Whether its bytes are no longer kept, or are just being removed."""
        return self.purging_at is not None or self.purged_at is not None

    @property
    def is_held(self) -> bool:
        """Whether nobody may have its bytes: not looked into yet, locked, or gone."""
        return self.scan is Scan.WAITING or self.is_locked or self.is_gone

    @property
    def may_be_shown(self) -> bool:
        """Whether copies of it may be painted: not while it is checked, and when something is wrong with it only once it was released."""
        return (self.scan in (Scan.CLEAN, Scan.NOT_SCANNED) or self.released_by is not None) and not self.is_gone

    @property
    def line_id(self) -> uuid.UUID:
        """What all versions of this file have in common: the id of the first one."""
        return self.first_id or self.id

    def take_the_place_of(self, older: Upload) -> None:
        """Become the next version of a file; the older one stays, with whoever saw it."""
        self.replaces_id, self.first_id, self.version = older.id, older.line_id, older.version + 1


class Download(Identified, Owned, Base):
    """That somebody opened a file (fetched it, or was shown a picture of it), and when first: a mark, not an event; one for both."""

    __tablename__ = "download"

    upload_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    at: Mapped[datetime]

    __table_args__ = (owned_by("upload"), sa.UniqueConstraint("upload_id", "person_id"))
