"""Clients: the companies and people we work for, who speaks for them, and who looks after them."""

from __future__ import annotations

import unicodedata
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, object_session

from portal.kernel.clock import Calendar
from portal.kernel.db import Base, Identified, Owned
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Role
from portal.models.calendars import calendar
from portal.models.people import named_firm


class Client(Identified, Base):
    """A company or person we work for."""

    __tablename__ = "client"

    name: Mapped[str] = mapped_column(sa.String(120))
    sort_key: Mapped[str] = mapped_column(sa.String(160), index=True)
    language: Mapped[str] = mapped_column(sa.String(12), default="en")
    zone: Mapped[str] = mapped_column(sa.String(64), default="UTC")
    working_days: Mapped[list[int]] = mapped_column(default=lambda: [0, 1, 2, 3, 4])
    holidays: Mapped[list[str]] = mapped_column(default=list)
    region: Mapped[str | None] = mapped_column(sa.String(12))
    lead_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    bytes_used: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    bytes_reserved: Mapped[int] = mapped_column(sa.BigInteger, default=0)

    @property
    def calendar(self) -> Calendar:
        """The client's working days, without public holidays."""
        return calendar(self.zone, self.working_days, self.holidays, self.where)

    @property
    def where(self) -> str:
        """The place whose public holidays count: the client's own, else the firm's."""
        firm = named_firm() if self.region is None and object_session(self) else None
        return firm.region if firm else self.region or ""

    def rename(self, name: str) -> None:
        """Give the client another name and the key that lists are sorted by."""
        self.name = name
        self.sort_key = sort_key(name)

    def archive(self, *, at: datetime) -> None:
        """Put the client away; nothing waits for anybody any more."""
        if self.archived_at:
            raise Refused(N_("This client is archived already."))
        self.archived_at = at

    def restore(self) -> None:
        """Bring an archived client back."""
        if not self.archived_at:
            raise Refused(N_("This client is not archived."))
        self.archived_at = None


class Membership(Owned, Base):
    """That a person speaks for a client, and how far."""

    __tablename__ = "membership"

    client_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("client.id", ondelete="RESTRICT"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True, index=True)
    role: Mapped[Role]
    invited_at: Mapped[datetime | None]
    joined_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class StaffClient(Owned, Base):
    """That a member of the firm counts a client among theirs ("mine")."""

    __tablename__ = "staff_client"

    client_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("client.id", ondelete="RESTRICT"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)


def sort_key(name: str) -> str:
    """A name as lists sort and search it: without case and marks. Databases here carry no language rules to sort by."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return plain.casefold()[:160]
