"""The firm and the people who sign in."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.clock import Calendar
from portal.kernel.db import Base, Identified, db
from portal.kernel.record import FIRM
from portal.models.calendars import calendar


class StaffRole(StrEnum):
    """What a member of the firm may do."""

    MEMBER = "member"
    ADMIN = "admin"


class Purpose(StrEnum):
    """Why somebody gets a link and a code."""

    LOGIN = "login"
    INVITE = "invite"
    OPERATOR = "operator"
    STEP_UP = "step_up"


class Firm(Base):
    """The firm this installation serves; there is one row."""

    __tablename__ = "firm"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=FIRM)
    name: Mapped[str] = mapped_column(sa.String(120))
    mark_key: Mapped[str | None] = mapped_column(sa.String(200))
    colour: Mapped[str] = mapped_column(sa.String(7), default="#0b5a63")
    languages: Mapped[list[str]] = mapped_column(default=lambda: ["en"])
    language: Mapped[str] = mapped_column(sa.String(12), default="en")
    zone: Mapped[str] = mapped_column(sa.String(64), default="UTC")
    working_days: Mapped[list[int]] = mapped_column(default=lambda: [0, 1, 2, 3, 4])
    holidays: Mapped[list[str]] = mapped_column(default=list)
    region: Mapped[str] = mapped_column(sa.String(12), default="")
    mail_name: Mapped[str] = mapped_column(sa.String(120), default="")
    mail_address: Mapped[str] = mapped_column(sa.String(254), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    settings: Mapped[dict[str, object]] = mapped_column(default=dict)

    @property
    def calendar(self) -> Calendar:
        """The firm's working days, without public holidays."""
        return calendar(self.zone, self.working_days, self.holidays, self.region)

    @property
    def initials(self) -> str:
        """One or two letters that stand for the firm where it has no mark."""
        return initials(self.name)


_DEFAULTS = {
    column.key: column.default.arg(None) if column.default.is_callable else column.default.arg
    for column in Firm.__table__.columns
    if column.default
}


class Person(Identified, Base):
    """Somebody who signs in: staff of the firm, or a contact of one or more clients, never both."""

    __tablename__ = "person"

    email_typed: Mapped[str] = mapped_column(sa.String(254))
    email_canon: Mapped[str] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    called: Mapped[str] = mapped_column(sa.String(80), default="")
    language: Mapped[str] = mapped_column(sa.String(12), default="en")
    zone: Mapped[str] = mapped_column(sa.String(64), default="UTC")
    staff_role: Mapped[StaffRole | None]
    title: Mapped[str] = mapped_column(sa.String(80), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    phone_rules: Mapped[dict[str, object]] = mapped_column(default=dict)
    mail_rules: Mapped[dict[str, object]] = mapped_column(default=dict)
    feed_id: Mapped[uuid.UUID | None] = mapped_column(unique=True)
    mail_bounced_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    @property
    def first_name(self) -> str:
        """How we greet the person: as they or we wrote down, else by a given name we are sure of, else by the whole name."""
        return self.called or given_name(self.name, self.language)

    @property
    def initials(self) -> str:
        """One or two letters for the round mark beside the name."""
        return initials(self.name)

    @property
    def is_staff(self) -> bool:
        """Whether this is a member of the firm."""
        return self.staff_role is not None


class SignInRequest(Identified, Base):
    """A link and a code on their way. Neither is stored: both are derived from the id with a key."""

    __tablename__ = "sign_in_request"

    purpose: Mapped[Purpose]
    email_canon: Mapped[str] = mapped_column(sa.String(254))
    person_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    binding_hash: Mapped[str | None] = mapped_column(sa.String(64))
    next_path: Mapped[str] = mapped_column(sa.String(300), default="/")
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    consumed_at: Mapped[datetime | None]
    signed_in_id: Mapped[uuid.UUID | None]
    superseded_at: Mapped[datetime | None]
    ip_net: Mapped[str] = mapped_column(sa.String(45), default="")
    ua: Mapped[str] = mapped_column(sa.String(120), default="")

    __table_args__ = (
        sa.Index("ix_sign_in_request_address", "email_canon", "created_at"),
        sa.Index("ix_sign_in_request_net", "ip_net", "created_at"),
    )


class SignedIn(Identified, Base):
    """A session on the server; ends when it is revoked, idle too long, or old."""

    __tablename__ = "signed_in"

    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    method: Mapped[str] = mapped_column(sa.String(16))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    idle_until: Mapped[datetime]
    ends_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    kept: Mapped[bool] = mapped_column(default=True)
    ua: Mapped[str] = mapped_column(sa.String(120), default="")
    ip_net: Mapped[str] = mapped_column(sa.String(45), default="")


def the_firm() -> Firm:
    """The firm; before `flask setup` one without a name."""
    return named_firm() or Firm(name="", **_DEFAULTS)


def named_firm() -> Firm | None:
    """The firm, or None before `flask setup`; read once in a session, which holds on to it."""
    session = db.session()
    if session.info.get("firm") is None:
        session.info["firm"] = session.get(Firm, FIRM)
    firm: Firm | None = session.info["firm"]
    return firm


TITLES = frozenset({"dr", "prof", "mag", "dipl", "ing", "mr", "mrs", "ms", "mx", "sir", "dame", "herr", "frau", "bay", "bayan"})
GIVEN_NAME_FIRST = frozenset({"en", "de", "tr"})


def given_name(name: str, language: str = "en") -> str:
    """The given name where it surely stands first, else the whole name: often the family comes first, and a title wants a surname."""
    words = name.split()
    if len(words) < 2 or "," in name or language[:2] not in GIVEN_NAME_FIRST or not _is_european(name):
        return name
    bare = [word for word in words if not _is_title(word)]
    return bare[0] if len(bare) > 1 and not bare[0].endswith(".") else name


def initials(name: str) -> str:
    """The first letters of the first and last word of a name, whatever its titles."""
    words = [word for word in name.split() if word[0].isalnum()]
    words = [word for word in words if not _is_title(word)] or words
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def _is_title(word: str) -> bool:
    return word.rstrip(".").lower() in TITLES


def _is_european(name: str) -> bool:
    """Latin letters, and none that only Vietnamese has."""
    return all(c < "\u0250" and c not in "ơưƠƯ" for c in name)
