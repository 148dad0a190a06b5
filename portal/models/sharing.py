"""What we send a client without being asked: files given in one act, to everybody who speaks for them or to some, and taken back in one."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Identified, Owned, owned_by
from portal.kernel.refusal import N_, Refused
from portal.kernel.scope import Seen, hide_from_clients
from portal.kernel.viewer import Viewer
from portal.models.approvals import VersionFile
from portal.models.files import FromSide, Upload
from portal.models.talk import Message, MessageFile, said_to_both


class Share(Identified, Owned, Base):
    """One act of giving. What it says and whom it reaches is fixed; it can only be taken back, with a word."""

    __tablename__ = "share"

    project_id: Mapped[uuid.UUID]
    by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    note: Mapped[str] = mapped_column(sa.Text, default="")
    for_all: Mapped[bool] = mapped_column(default=True)
    shared_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[uuid.UUID | None]
    words: Mapped[str] = mapped_column(sa.Text, default="")

    __table_args__ = (owned_by("project"), sa.UniqueConstraint("client_id", "id"), sa.Index("ix_share_project", "project_id", "shared_at"))

    def withdraw(self, words: str, *, by: Viewer, at: datetime) -> None:
        """Take it back; what was fetched until then stays fetched."""
        if self.withdrawn_at:
            raise Refused(N_("This has been taken back already."))
        self.withdrawn_at, self.withdrawn_by, self.words = at, by.person_id, words


class ShareFile(Owned, Base):
    """That a file was given in an act."""

    __tablename__ = "share_file"

    share_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    upload_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, unique=True)

    __table_args__ = (owned_by("share"), owned_by("upload"))


class SharePerson(Owned, Base):
    """Whom an act of giving reaches, when not everybody."""

    __tablename__ = "share_person"

    share_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)

    __table_args__ = (owned_by("share"),)


def _uploads(viewer: Viewer) -> Seen[Upload]:
    """What we lay ready is ours until it is presented, given, or sent with a message; and given to some, nobody else sees it."""
    person_id, said = viewer.person_id, said_to_both()
    return lambda upload: sa.or_(
        upload.side == FromSide.CLIENT,
        upload.id.in_(select(VersionFile.upload_id)),
        upload.id.in_(select(MessageFile.upload_id).join(Message, Message.id == MessageFile.message_id).where(*said)),
        upload.id.in_(
            select(ShareFile.upload_id)
            .join(Share, Share.id == ShareFile.share_id)
            .where(
                Share.withdrawn_at.is_(None),
                sa.or_(Share.for_all, Share.id.in_(select(SharePerson.share_id).where(SharePerson.person_id == person_id))),
            )
        ),
    )


def _shares(viewer: Viewer) -> Seen[Share]:
    person_id = viewer.person_id
    return lambda share: sa.or_(share.for_all, share.id.in_(select(SharePerson.share_id).where(SharePerson.person_id == person_id)))


hide_from_clients(Upload, _uploads)
hide_from_clients(Share, _shares)
