"""Goals: what both sides want to reach, how they see that they have, and by when. Each agrees to a text, and to the next one anew."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Identified, Owned, owned_by
from portal.kernel.evidence import canonical, fingerprint
from portal.kernel.refusal import N_, Refused
from portal.kernel.scope import Seen, hide_from_clients
from portal.kernel.viewer import Viewer
from portal.models.files import FromSide

ENDED = N_("This goal was given up, and nothing was changed.")
OTHER_WORDS = N_("This goal says something else by now. Please read it again.")
NOT_AGREED = N_("Only a goal that both sides agreed to can be looked back on.")


class Reached(StrEnum):
    """Whether a goal was reached, as one side sees it."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


@dataclass(frozen=True)
class Aim:
    """A goal as somebody writes it: what, how it is measured, and by when."""

    words: str
    measure: str = ""
    by_on: date | None = None


class Goal(Identified, Owned, Base):
    """One goal of a project. `n` counts its texts; each side's yes names the text it is for. Without `shown_at` it is a draft of ours."""

    __tablename__ = "goal"

    project_id: Mapped[uuid.UUID]
    position: Mapped[int]
    words: Mapped[str] = mapped_column(sa.Text)
    measure: Mapped[str] = mapped_column(sa.Text, default="")
    by_on: Mapped[date | None]
    n: Mapped[int] = mapped_column(default=1)
    side: Mapped[FromSide]
    by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    written_at: Mapped[datetime]
    shown_at: Mapped[datetime | None]
    client_n: Mapped[int] = mapped_column(default=0)
    client_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    client_at: Mapped[datetime | None]
    firm_n: Mapped[int] = mapped_column(default=0)
    firm_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    firm_at: Mapped[datetime | None]
    rank_client: Mapped[int] = mapped_column(default=0)
    rank_firm: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str] = mapped_column(sa.Text, default="")

    __table_args__ = (owned_by("project"), sa.UniqueConstraint("client_id", "id"), sa.Index("ix_goal_project", "project_id"))

    @property
    def is_draft(self) -> bool:
        """Whether clients do not know of it."""
        return self.shown_at is None

    @property
    def is_open(self) -> bool:
        """Whether it is shown and was not given up."""
        return self.shown_at is not None and self.ended_at is None

    @property
    def is_agreed(self) -> bool:
        """Whether both sides said yes to the text as it stands, and it was not given up."""
        return self.is_open and self.client_n == self.n == self.firm_n

    @property
    def was_agreed(self) -> bool:
        """Whether both said yes to an earlier text, and not both to this one."""
        return min(self.client_n, self.firm_n) > 0 and not self.client_n == self.n == self.firm_n

    @property
    def agreed_at(self) -> datetime | None:
        """When the second yes came."""
        return max(self.client_at, self.firm_at) if self.is_agreed and self.client_at and self.firm_at else None

    @property
    def sha256(self) -> str:
        """The fingerprint of its text."""
        by_on = self.by_on.isoformat() if self.by_on else ""
        return fingerprint("goal", canonical({"n": self.n, "words": self.words, "measure": self.measure, "by": by_on}))

    @property
    def said(self) -> dict[str, str]:
        """Its text, to be kept with what is done."""
        return {"words": self.words, "measure": self.measure, "by": self.by_on.isoformat() if self.by_on else ""}

    def lacks_yes_of(self, side: FromSide) -> bool:
        """Whether this side has not said yes to the text as it stands."""
        return self.is_open and (self.client_n if side is FromSide.CLIENT else self.firm_n) != self.n

    def rank(self, side: FromSide) -> int:
        """Its place in the order of one side; 0 where nobody gave it one."""
        return self.rank_client if side is FromSide.CLIENT else self.rank_firm

    def show(self, *, at: datetime) -> None:
        """Let the client see it."""
        self._while_open()
        if self.shown_at:
            raise Refused(N_("The client sees this goal already."))
        self.shown_at = at

    def rewrite(self, aim: Aim, *, side: FromSide, by_id: uuid.UUID, at: datetime) -> None:
        """Give it another text; once shown, that is a new one: both have to agree anew, and nobody was asked whether it was reached."""
        self._while_open()
        self.words, self.measure, self.by_on = aim.words, aim.measure, aim.by_on
        self.side, self.by_id, self.written_at = side, by_id, at
        self.n += bool(self.shown_at)
        self.asked_at = None

    def agree(self, n: int, *, side: FromSide, by_id: uuid.UUID, at: datetime) -> None:
        """Say yes to this text for one side."""
        self._while_open()
        if self.is_draft:
            raise Refused(N_("The client does not see this goal yet. Show it first."))
        if n != self.n:
            raise Refused(OTHER_WORDS)
        if side is FromSide.CLIENT:
            self.client_n, self.client_by_id, self.client_at = n, by_id, at
        else:
            self.firm_n, self.firm_by_id, self.firm_at = n, by_id, at

    def place(self, rank: int, *, side: FromSide) -> None:
        """Give it a place in the order of one side."""
        if side is FromSide.CLIENT:
            self.rank_client = rank
        else:
            self.rank_firm = rank

    def ask_whether_reached(self, *, at: datetime) -> None:
        """Ask both sides whether it was reached."""
        self.need_agreed()
        self.asked_at = self.asked_at or at

    def need_agreed(self) -> None:
        """Refuse while not both sides have agreed."""
        if not self.is_agreed:
            raise Refused(NOT_AGREED)

    def end(self, why: str, *, at: datetime) -> None:
        """Give it up, with a sentence why."""
        self._while_open()
        self.ended_at, self.ended_why = at, why

    def _while_open(self) -> None:
        if self.ended_at:
            raise Refused(ENDED)


class GoalReview(Identified, Owned, Base):
    """What one side says about whether a goal was reached, as they say it now."""

    __tablename__ = "goal_review"

    project_id: Mapped[uuid.UUID]
    goal_id: Mapped[uuid.UUID]
    side: Mapped[FromSide]
    reached: Mapped[Reached]
    words: Mapped[str] = mapped_column(sa.Text)
    by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    at: Mapped[datetime]

    __table_args__ = (
        owned_by("project"),
        owned_by("goal"),
        sa.UniqueConstraint("goal_id", "side"),
        sa.Index("ix_goal_review_project", "project_id"),
    )


def _shown(viewer: Viewer) -> Seen[Goal]:
    guest_of = viewer.guest_of
    return lambda goal: sa.and_(goal.shown_at.is_not(None), goal.client_id.not_in(guest_of))


def _reviewed(viewer: Viewer) -> Seen[GoalReview]:
    guest_of = viewer.guest_of
    return lambda review: review.client_id.not_in(guest_of)


hide_from_clients(Goal, _shown)
hide_from_clients(GoalReview, _reviewed)
