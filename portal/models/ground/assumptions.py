"""Assumptions: what we take for granted, why, and what it costs if it is wrong. The client says if it is right; we work on meanwhile."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Identified, Owned, owned_by
from portal.kernel.evidence import canonical, fingerprint
from portal.kernel.refusal import N_, Refused
from portal.kernel.scope import Seen, hide_from_clients
from portal.kernel.viewer import Viewer
from portal.models.snapshots import Money

SETTLED = N_("We do not go by this any more, and nothing was changed.")
OTHER_WORDS = N_("We assume something else by now. Please read it again.")


class Verdict(StrEnum):
    """What a client says about something we assume."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Belief:
    """An assumption as we write it: what, why, and what it costs if it is wrong (in words, money and working days)."""

    assume: str
    because: str = ""
    cost: str = ""
    money: Money | None = None
    days: int = 0


class Assumption(Identified, Owned, Base):
    """One thing we assume in a project. `n` counts its texts; an answer is for the text as it stands. Without `shown_at` it is a draft."""

    __tablename__ = "assumption"

    project_id: Mapped[uuid.UUID]
    position: Mapped[int]
    assume: Mapped[str] = mapped_column(sa.Text)
    because: Mapped[str] = mapped_column(sa.Text, default="")
    cost: Mapped[str] = mapped_column(sa.Text, default="")
    amount: Mapped[str] = mapped_column(sa.String(20), default="")
    currency: Mapped[str] = mapped_column(sa.String(3), default="")
    days: Mapped[int] = mapped_column(default=0)
    n: Mapped[int] = mapped_column(default=1)
    by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    written_at: Mapped[datetime]
    shown_at: Mapped[datetime | None]
    verdict: Mapped[Verdict | None]
    words: Mapped[str] = mapped_column(sa.Text, default="")
    answered_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str] = mapped_column(sa.Text, default="")

    __table_args__ = (owned_by("project"), sa.UniqueConstraint("client_id", "id"), sa.Index("ix_assumption_project", "project_id"))

    @property
    def is_draft(self) -> bool:
        """Whether clients do not know of it."""
        return self.shown_at is None

    @property
    def is_open(self) -> bool:
        """Whether it is shown, and we still go by it."""
        return self.shown_at is not None and self.ended_at is None

    @property
    def is_working(self) -> bool:
        """Whether we go by it although nobody has said that it is right."""
        return self.is_open and self.verdict in (None, Verdict.UNKNOWN)

    @property
    def shaken_at(self) -> datetime | None:
        """When it last turned out wrong or was changed: what rests on it has to be looked at since then."""
        if self.is_open and self.verdict is Verdict.WRONG:
            return self.answered_at
        return self.ended_at or (self.written_at if self.n > 1 else None)

    @property
    def money(self) -> Money | None:
        """What it costs in money if it is wrong."""
        return Money(self.amount, self.currency) if self.amount else None

    @property
    def said(self) -> dict[str, str]:
        """Its text, to be kept with what is done."""
        sums = {"amount": self.amount, "currency": self.currency if self.amount else "", "days": str(self.days or "")}
        return {"assume": self.assume, "because": self.because, "cost": self.cost, **sums}

    @property
    def sha256(self) -> str:
        """The fingerprint of its text."""
        return fingerprint("assumption", canonical({"n": self.n, **self.said}))

    def show(self, *, at: datetime) -> None:
        """Let the client see it."""
        self._while_open()
        if self.shown_at:
            raise Refused(N_("The client sees this already."))
        self.shown_at = at

    def rewrite(self, belief: Belief, *, by_id: uuid.UUID, at: datetime) -> None:
        """Give it another text; once shown, that is a new one which nobody has answered."""
        self._while_open()
        self.assume, self.because, self.cost, self.days = belief.assume, belief.because, belief.cost, belief.days
        self.amount, self.currency = (belief.money.amount, belief.money.currency) if belief.money else ("", "")
        self.by_id, self.written_at = by_id, at
        if self.shown_at:
            self.n, self.verdict, self.words, self.answered_by, self.answered_at = self.n + 1, None, "", None, None

    def answer(self, n: int, verdict: Verdict, words: str, *, by_id: uuid.UUID, at: datetime) -> None:
        """Say whether this text is right; somebody may say otherwise later."""
        self._while_open()
        if n != self.n:
            raise Refused(OTHER_WORDS)
        if verdict is Verdict.WRONG and not words:
            raise Refused(N_("Say in a sentence what is true instead."), field="words", status=422)
        self.verdict, self.words, self.answered_by, self.answered_at = verdict, words, by_id, at

    def end(self, why: str, *, at: datetime) -> None:
        """Note that we do not go by it any more, with a sentence why."""
        self._while_open()
        self.ended_at, self.ended_why = at, why

    def _while_open(self) -> None:
        if self.ended_at:
            raise Refused(SETTLED)


def _shown(viewer: Viewer) -> Seen[Assumption]:
    guest_of = viewer.guest_of
    return lambda one: sa.and_(one.shown_at.is_not(None), one.client_id.not_in(guest_of))


hide_from_clients(Assumption, _shown)
