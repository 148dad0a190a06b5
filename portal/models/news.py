"""What we tell a client unasked: weekly updates and bad news. Both are drafts of ours until they are sent, and fixed from then on."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Identified, Owned, owned_by
from portal.kernel.evidence import canonical, fingerprint
from portal.kernel.refusal import N_, Refused
from portal.kernel.scope import Seen, hide_from_clients
from portal.kernel.viewer import Viewer

SECTIONS = ("done", "nothing", "next", "risks", "theirs", "ours", "moved", "assumed")
"""The parts of an update in the order they are read; `nothing` is why nothing moved."""
PARTS = ("what", "date", "cost", "goal", "options", "advice", "decision")
"""The parts of bad news in the order they are read; `decision` is what somebody has to decide."""
FIXED = N_("This has been sent already, and stays as it was sent.")


class WeeklyUpdate(Identified, Owned, Base):
    """What we told a client about one week of a project; `said` holds its parts, line by line."""

    __tablename__ = "weekly_update"

    project_id: Mapped[uuid.UUID]
    week: Mapped[date]
    language: Mapped[str] = mapped_column(sa.String(12))
    said: Mapped[dict[str, str]]
    by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    changed_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    sha256: Mapped[str] = mapped_column(sa.String(64), default="")

    __table_args__ = (
        owned_by("project"),
        sa.UniqueConstraint("client_id", "id"),
        sa.UniqueConstraint("project_id", "week"),
        sa.Index("ix_weekly_update_client_sent", "client_id", "sent_at"),
    )

    def write(self, said: dict[str, str], *, by_id: uuid.UUID, at: datetime) -> None:
        """Write its parts, while it is a draft."""
        _while_draft(self.sent_at)
        self.said, self.by_id, self.changed_at = said, by_id, at

    def send(self, *, at: datetime) -> None:
        """Fix it as it stands."""
        _while_draft(self.sent_at)
        if not self.said.get("done") and not self.said.get("nothing"):
            raise Refused(N_("Nothing is written under “Done”. Say in one sentence why nothing moved."), field="nothing", status=422)
        self.sent_at, self.sha256 = at, fingerprint("update", canonical({"week": self.week.isoformat(), "said": self.said}))

    @property
    def parts(self) -> list[tuple[str, list[str]]]:
        """What is said, part by part and line by line; empty parts are left out."""
        return [(name, lines) for name in SECTIONS if (lines := _lines(self.said.get(name, "")))]

    @property
    def first_line(self) -> str:
        """The line that says most."""
        return next((lines[0] for _, lines in self.parts), "")


class UpdateReply(Identified, Owned, Base):
    """A question or thanks somebody wrote under an update, until one of us has dealt with it."""

    __tablename__ = "update_reply"

    project_id: Mapped[uuid.UUID]
    update_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    words: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))

    __table_args__ = (owned_by("project"), owned_by("weekly_update", "update_id"), sa.Index("ix_update_reply_open", "done_at", "at"))


class BadNews(Identified, Owned, Base):
    """Something that goes otherwise than agreed: what, what it does, what could be done, and who decides what by when."""

    __tablename__ = "bad_news"

    project_id: Mapped[uuid.UUID]
    language: Mapped[str] = mapped_column(sa.String(12))
    said: Mapped[dict[str, str]]
    asks: Mapped[bool] = mapped_column(default=True)
    decider_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    decide_by: Mapped[date | None]
    item_id: Mapped[uuid.UUID | None]
    corrects_id: Mapped[uuid.UUID | None]
    by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    changed_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    sha256: Mapped[str] = mapped_column(sa.String(64), default="")

    __table_args__ = (
        owned_by("project"),
        owned_by("item"),
        owned_by("bad_news", "corrects_id"),
        sa.UniqueConstraint("client_id", "id"),
        sa.Index("ix_bad_news_project_sent", "project_id", "sent_at"),
    )

    def fix(self, *, at: datetime) -> None:
        """Fix it as it stands: it is sent."""
        _while_draft(self.sent_at)
        about = {"item": self.item_id, "decider": self.decider_id, "decide_by": self.decide_by, "corrects": self.corrects_id}
        told = {"said": self.said, "asks": self.asks, **{name: str(value) if value else None for name, value in about.items()}}
        self.sent_at, self.sha256 = at, fingerprint("news", canonical(told))

    @property
    def parts(self) -> list[tuple[str, list[str]]]:
        """What is said, part by part and line by line; empty parts are left out."""
        return [(name, lines) for name in PARTS if (name != "decision" or self.asks) and (lines := _lines(self.said.get(name, "")))]

    @property
    def title(self) -> str:
        """Its first line."""
        return next(iter(_lines(self.said.get("what", ""))), "")


class NewsRead(Identified, Owned, Base):
    """That somebody said they read bad news."""

    __tablename__ = "news_read"

    project_id: Mapped[uuid.UUID]
    news_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    at: Mapped[datetime]

    __table_args__ = (owned_by("project"), owned_by("bad_news", "news_id"), sa.UniqueConstraint("news_id", "person_id"))


def _while_draft(sent_at: datetime | None) -> None:
    if sent_at:
        raise Refused(FIXED)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _sent(viewer: Viewer) -> Seen[WeeklyUpdate]:
    """What was sent, and to nobody who is a guest."""
    guest_of = viewer.guest_of
    return lambda row: sa.and_(row.sent_at.is_not(None), row.client_id.not_in(guest_of))


def _not_for_guests(viewer: Viewer) -> Seen[NewsRead]:
    guest_of = viewer.guest_of
    return lambda row: row.client_id.not_in(guest_of)


for sent in cast("tuple[type[WeeklyUpdate], ...]", (WeeklyUpdate, BadNews)):
    hide_from_clients(sent, _sent)
for about in cast("tuple[type[NewsRead], ...]", (UpdateReply, NewsRead)):
    hide_from_clients(about, _not_for_guests)
