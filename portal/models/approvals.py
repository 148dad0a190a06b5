"""What is presented for a decision, frozen and hashed, and who decided what on which version."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Identified, Owned, owned_by
from portal.kernel.evidence import fingerprint
from portal.kernel.refusal import N_, Refused
from portal.models.item_states import ItemKind, ItemState
from portal.models.snapshots import Snapshot

TAKE_BACK_FOR = timedelta(minutes=15)
FINGERPRINT = "approval"


class Choice(StrEnum):
    """What can be decided: on an approval the first three (a note lies beside a yes), on a confirmation the last three."""

    APPROVED = "approved"
    NOTED = "noted"
    CHANGES = "changes"
    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    DEEMED = "deemed"  # by nobody: what silence amounted to

    @property
    def is_yes(self) -> bool:
        """Whether the version stands as it was shown."""
        return self in (Choice.APPROVED, Choice.NOTED, Choice.RIGHT)

    @property
    def needs_words(self) -> bool:
        """Whether it says nothing without a sentence."""
        return self in (Choice.NOTED, Choice.CHANGES, Choice.WRONG)


CHOICES: dict[ItemKind, tuple[Choice, ...]] = {
    ItemKind.APPROVAL: (Choice.APPROVED, Choice.NOTED, Choice.CHANGES),
    ItemKind.CONFIRMATION: (Choice.RIGHT, Choice.WRONG, Choice.UNKNOWN),
}


class Rule(StrEnum):
    """How many of the deciders must say yes; one who does not is always enough to stop it."""

    ANY = "any"
    SOME = "some"
    ALL = "all"
    ORDER = "order"

    def enough(self, *, of: int, need: int | None = None) -> int:
        """How many have to say yes, of so many who decide."""
        return {Rule.ANY: 1, Rule.SOME: min(need or 1, max(of, 1))}.get(self, max(of, 1))


PRESENTED: sa.ColumnElement[bool] = sa.literal_column("superseded_at IS NULL")
LIVE: sa.ColumnElement[bool] = sa.literal_column("taken_back_at IS NULL")


class ApprovalVersion(Identified, Owned, Base):
    """The frozen thing a client decides on: canonical JSON as text, and its fingerprint."""

    __tablename__ = "approval_version"

    item_id: Mapped[uuid.UUID]
    n: Mapped[int]
    snapshot: Mapped[str] = mapped_column(sa.Text)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    presented_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]

    __table_args__ = (
        owned_by("item"),
        sa.UniqueConstraint("item_id", "n"),
        sa.UniqueConstraint("client_id", "id"),
        sa.UniqueConstraint("client_id", "item_id", "id"),
        sa.Index("uq_approval_version_presented", "item_id", unique=True, sqlite_where=PRESENTED, postgresql_where=PRESENTED),
    )

    @property
    def shown(self) -> Snapshot:
        """What was frozen, to be shown from here and from nowhere else."""
        return Snapshot.read(self.snapshot)

    @property
    def stands(self) -> bool:
        """Whether no newer version has taken its place."""
        return self.superseded_at is None

    def has_expired(self, *, at: datetime) -> bool:
        """Whether the moment until which it could be decided has passed."""
        return self.expires_at is not None and at > self.expires_at

    @property
    def is_intact(self) -> bool:
        """Whether the frozen text still has the fingerprint it was given."""
        return fingerprint(FINGERPRINT, self.snapshot) == self.sha256

    def supersede(self, *, at: datetime) -> None:
        """Make room for a newer version; what was decided on this one stays readable."""
        self.superseded_at = at


class VersionFile(Owned, Base):
    """That a file is part of a version."""

    __tablename__ = "version_file"

    version_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    upload_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    alt: Mapped[dict[str, str]] = mapped_column(default=dict)

    __table_args__ = (
        owned_by("approval_version", "version_id"),
        owned_by("upload"),
        sa.UniqueConstraint("client_id", "version_id", "upload_id"),
    )


class Decision(Identified, Owned, Base):
    """What was decided on which version in whose seat (`person_id`), by whom (by nobody where silence counted); taking back is a date."""

    __tablename__ = "decision"

    item_id: Mapped[uuid.UUID]
    version_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id", ondelete="RESTRICT"))
    choice: Mapped[Choice]
    words: Mapped[str] = mapped_column(sa.Text, default="")
    beyond: Mapped[bool] = mapped_column(default=False)
    evidence: Mapped[dict[str, object]] = mapped_column(default=dict)
    proof: Mapped[str] = mapped_column(sa.String(16), default="")
    consent: Mapped[str] = mapped_column(sa.String(64), default="")
    idempotency_key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]

    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["client_id", "item_id", "version_id"],
            ["approval_version.client_id", "approval_version.item_id", "approval_version.id"],
            ondelete="RESTRICT",
        ),
        sa.UniqueConstraint("client_id", "id"),
        sa.CheckConstraint("(choice = 'deemed') = (person_id IS NULL) AND (choice = 'deemed') = (by_id IS NULL)", name="decision_by"),
        sa.Index("uq_decision_live", "version_id", "person_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
        sa.Index("ix_decision_item", "item_id"),
    )

    @property
    def is_live(self) -> bool:
        """Whether it has not been taken back."""
        return self.taken_back_at is None

    @property
    def until(self) -> datetime:
        """The last moment at which it can be taken back."""
        return self.at + TAKE_BACK_FOR

    def can_be_taken_back(self, version: ApprovalVersion, *, at: datetime) -> bool:
        """Whether taking it back is still open: young enough, and the version it was made on still stands."""
        return self.is_live and version.stands and at <= self.until

    def take_back(self, version: ApprovalVersion, *, at: datetime) -> None:
        """Take it back; the same person may decide again."""
        if not self.is_live:
            raise Refused(N_("You have taken this answer back already."))
        if not version.stands:
            raise Refused(N_("There is a newer version by now, so there is nothing to take back. Please look at the new one."))
        if not self.can_be_taken_back(version, at=at):
            raise Refused(N_("The 15 minutes are over, so this answer stands. Write to us if something is wrong."))
        self.taken_back_at = at

    @property
    def who(self) -> str:
        """The name of whoever answered, as it was then."""
        return str(self.evidence.get("name", ""))

    @property
    def behalf(self) -> str:
        """The name of the decider in whose place they answered; nothing where they answered for themselves."""
        return str(self.evidence.get("for", ""))

    @property
    def proven_at(self) -> datetime | None:
        """When the code left that proves who answered."""
        told = self.evidence.get("proof_at")
        return datetime.fromisoformat(str(told)) if told else None

    @property
    def pins(self) -> list[dict[str, object]]:
        """The comments on its pictures and pages that were part of the answer, as they were then."""
        return cast("list[dict[str, object]]", self.evidence.get("pins") or [])

    @property
    def pin_ids(self) -> frozenset[str]:
        """Which comments these were."""
        return frozenset(str(one["id"]) for one in self.pins)

    def is_of(self, person_id: uuid.UUID | None) -> bool:
        """Whether somebody gave this answer, or had it given in their place."""
        return person_id is not None and person_id in (self.person_id, self.by_id)

    @property
    def is_deemed(self) -> bool:
        """Whether nobody gave it: it is what silence amounted to."""
        return self.choice is Choice.DEEMED

    @property
    def days(self) -> int:
        """After how many working days of silence."""
        return int(str(self.evidence.get("days") or 0))

    @property
    def announced_on(self) -> list[str]:
        """On which days it was announced that silence would count."""
        told = self.evidence.get("announced")
        return [str(day) for day in told] if isinstance(told, list) else []


def outcome(live: Iterable[Decision], *, rule: Rule, deciders: Collection[uuid.UUID], need: int | None = None) -> ItemState:
    """What the live decisions on the version that stands amount to: done, back to us, or still the client's."""
    choices = {decision.person_id: decision.choice for decision in live}
    if Choice.DEEMED in choices.values():
        return ItemState.ACCEPTED
    if any(not choice.is_yes for choice in choices.values()):
        return ItemState.PREPARING
    if rule in (Rule.ALL, Rule.ORDER):
        enough = bool(choices) and set(deciders) <= set(choices)
    else:
        enough = len(choices) >= rule.enough(of=len(deciders), need=need)
    return ItemState.ACCEPTED if enough else ItemState.TO_DO
