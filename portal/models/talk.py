"""What is said about a project or one of its items: messages for both sides, and notes that only the firm ever reads."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column, validates

from portal.kernel.db import Base, Identified, Owned, owned_by
from portal.kernel.record import Audience
from portal.kernel.refusal import N_, Refused
from portal.kernel.scope import Seen, hide_from_clients
from portal.kernel.viewer import Role, Via, Viewer
from portal.models.files import FromSide
from portal.models.turns import ItemPerson

CHANGES = timedelta(minutes=5)
"""So long its author may still change a message or take it back; the mail about it waits as long."""
NO_ITEM: sa.ColumnElement[bool] = sa.literal_column("item_id IS NULL")


class Thread(Identified, Owned, Base):
    """The talk about a project, or about one item. `asked_at` is since when the client waits for an answer of ours."""

    __tablename__ = "thread"

    project_id: Mapped[uuid.UUID]
    item_id: Mapped[uuid.UUID | None]
    asked_at: Mapped[datetime | None]

    __table_args__ = (
        owned_by("project"),
        owned_by("item"),
        sa.UniqueConstraint("client_id", "id"),
        sa.UniqueConstraint("item_id"),
        sa.Index("uq_thread_project", "project_id", unique=True, sqlite_where=NO_ITEM, postgresql_where=NO_ITEM),
        sa.Index("ix_thread_asked", "asked_at"),
    )


class Message(Identified, Owned, Base):
    """One message, or one note of ours. Who may read it is fixed when it is written. Without `at` it is a draft of its author.

    `update_id` names the weekly update below which it was written."""

    __tablename__ = "message"

    thread_id: Mapped[uuid.UUID]
    project_id: Mapped[uuid.UUID]
    item_id: Mapped[uuid.UUID | None]
    update_id: Mapped[uuid.UUID | None]
    audience: Mapped[Audience]
    side: Mapped[FromSide]
    by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    words: Mapped[str] = mapped_column(sa.Text)
    via: Mapped[Via]
    source: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    kept_at: Mapped[datetime]
    at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        owned_by("thread"),
        owned_by("project"),
        owned_by("item"),
        owned_by("weekly_update", "update_id"),
        sa.UniqueConstraint("client_id", "id"),
        sa.CheckConstraint("side = 'firm' OR audience = 'shared'", name="ck_message_side"),
        sa.Index("ix_message_thread", "thread_id", "at"),
        sa.Index("ix_message_project", "project_id", "at"),
        sa.Index("ix_message_item", "item_id"),
        sa.Index("ix_message_update", "update_id"),
    )

    @validates("audience")
    def _fixed(self, _name: str, audience: Audience) -> Audience:
        """Refuse to show to others what was written for some."""
        if self.__dict__.get("audience", audience) != audience:
            raise ValueError("who may read a message is fixed when it is written")
        return audience

    @property
    def is_internal(self) -> bool:
        """Whether only the firm reads it."""
        return self.audience is Audience.INTERNAL

    @property
    def is_draft(self) -> bool:
        """Whether it has not been sent yet."""
        return self.at is None

    def may_change(self, person_id: uuid.UUID | None, *, at: datetime) -> bool:
        """Whether this person may still change it or take it back."""
        return self.by_id == person_id and self.at is not None and self.removed_at is None and at - self.at < CHANGES

    def send(self, *, at: datetime) -> None:
        """Say what was kept as a draft."""
        if self.at or self.removed_at:
            raise Refused(N_("This message has been sent already."))
        self.at = at

    def change(self, words: str, *, at: datetime) -> None:
        """Put other words in the place of what was said."""
        self.words, self.changed_at = words, at

    def take_back(self, *, at: datetime) -> None:
        """Unsay it."""
        if self.removed_at:
            raise Refused(N_("This message has been taken back already."))
        self.removed_at = at


class MessageFile(Owned, Base):
    """That a file came with a message."""

    __tablename__ = "message_file"

    message_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    upload_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, unique=True)

    __table_args__ = (owned_by("message"), owned_by("upload"))


class StrayMail(Identified, Base):
    """A mail that came in and could not be filed by itself: it waits for somebody of the firm, and nobody else ever sees it."""

    __tablename__ = "stray_mail"

    source: Mapped[str] = mapped_column(sa.String(64), unique=True)
    at: Mapped[datetime]
    sender: Mapped[str] = mapped_column(sa.String(254))
    title: Mapped[str] = mapped_column(sa.String(300))
    words: Mapped[str] = mapped_column(sa.Text)
    files: Mapped[list[str]] = mapped_column(default=list)
    why: Mapped[str] = mapped_column(sa.String(24))
    project_id: Mapped[uuid.UUID | None]
    item_id: Mapped[uuid.UUID | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))

    __table_args__ = (sa.Index("ix_stray_mail_open", "settled_at", "at"),)


def said_to_both() -> tuple[sa.ColumnElement[bool], ...]:
    """That a message was said to both sides and stands."""
    return Message.audience == Audience.SHARED, Message.at.is_not(None), Message.removed_at.is_(None)


def _messages(viewer: Viewer) -> Seen[Message]:
    """What was said to both sides; to guests, only where they are named."""
    guest_of, person_id = _guest_of(viewer), viewer.person_id
    return lambda row: sa.and_(
        row.audience == Audience.SHARED,
        row.at.is_not(None),
        row.removed_at.is_(None),
        sa.or_(
            row.client_id.not_in(guest_of),
            row.item_id.in_(select(ItemPerson.item_id).where(ItemPerson.person_id == person_id, ItemPerson.ended_at.is_(None))),
        ),
    )


def _not_limited(viewer: Viewer) -> Seen[Message] | None:
    limited = tuple(sorted(viewer.limited))
    return (lambda row: sa.or_(row.item_id.is_(None), row.item_id.not_in(limited))) if limited else None


def _threads(viewer: Viewer) -> Seen[Thread]:
    """Where something was said to both sides: of a thread that holds only notes nobody outside knows."""
    return lambda row: row.id.in_(select(Message.thread_id).where(*said_to_both()))


def _files(viewer: Viewer) -> Seen[MessageFile]:
    return lambda row: row.message_id.in_(select(Message.id).where(*said_to_both()))


def _guest_of(viewer: Viewer) -> tuple[uuid.UUID, ...]:
    return tuple(client_id for client_id, role in viewer.roles.items() if role is Role.GUEST)


hide_from_clients(Message, _messages)
hide_from_clients(Message, _not_limited)
hide_from_clients(Thread, _threads)
hide_from_clients(MessageFile, _files)
