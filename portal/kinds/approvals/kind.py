"""Items on which the client decides: approvals, and confirmations with other words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from portal.kernel.clock import Calendar
from portal.kernel.db import db
from portal.kernel.record import Event
from portal.kernel.refusal import N_
from portal.kernel.words import Words, best, best_language
from portal.kinds.agreed.papers import scope_in_force
from portal.kinds.approvals import consents, seats
from portal.kinds.approvals.consents import Consent
from portal.kinds.approvals.seats import Awaited, deciders_of
from portal.kinds.previews import ordering as previews
from portal.kinds.protocol import Missing
from portal.models.approvals import ApprovalVersion, Choice, Decision, Rule, VersionFile, outcome
from portal.models.clients import Client
from portal.models.files import FromSide, Upload
from portal.models.heard import Heard
from portal.models.item_states import ItemKind, ItemState, Subject
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Project
from portal.models.snapshots import Snapshot, Statement
from portal.models.template.specs import STATEMENT


@dataclass(frozen=True)
class Presented:
    """A version as it was frozen, with what was decided on it, first decision first."""

    version: ApprovalVersion
    shown: Snapshot
    decisions: tuple[Decision, ...]

    @property
    def live(self) -> list[Decision]:
        """The decisions that have not been taken back."""
        return [decision for decision in self.decisions if decision.is_live]

    def by(self, person_id: UUID | None) -> Decision | None:
        """The live decision of a person."""
        return next((decision for decision in self.live if decision.person_id == person_id), None)


@dataclass(frozen=True)
class Hearsay:
    """What was heard and is not answered yet: who is said to have decided it, and who noted it."""

    heard: Heard
    decider: Person
    by: Person


@dataclass(frozen=True)
class Receipt:
    """Everything a receipt says."""

    item: Item
    version: ApprovalVersion
    decision: Decision
    shown: Snapshot
    entry: Event | None
    project: Project
    client: Client
    seen_at: datetime | None
    heard: Hearsay | None = None  # where it was said elsewhere, noted by us and confirmed with this

    @property
    def consent(self) -> Consent | None:
        """The text that was agreed to with a fresh proof."""
        return consents.agreed(self.decision.consent)

    @property
    def yeses(self) -> int:
        """How many had to say yes, as it was frozen."""
        asked = self.shown.deciding
        return Rule(asked.rule).enough(of=len(asked.people), need=asked.need)


class Approvals:
    """The rules of decisions: they are decided, never handed over."""

    def missing(self, item: Item) -> list[Missing]:
        """Decisions are made on their own page."""
        return [Missing(N_("This waits for your decision. There is nothing to send."))]

    def freeze(self, item: Item) -> dict[str, object]:
        """What is decided on is frozen in its version, not here."""
        return {"format": 1, "kind": item.kind.value, "item": str(item.id)}

    def count(self, item: Item) -> tuple[int, int]:
        """There is nothing to count."""
        return 0, 0


def planned(item: Item, language: str) -> Statement | None:
    """What the template an item came from wants confirmed, all in one language; nothing where it says nothing."""
    words = {name: cast("Words", item.spec.get(name) or {}) for name in STATEMENT}
    one = best_language(words.values(), language)
    said = {name: best(text, one) for name, text in words.items()}
    return Statement(**said) if any(said.values()) else None


def rule_of(item: Item) -> Rule:
    """How many of the deciders must say yes."""
    told = item.spec.get("rule")
    return Rule(told) if isinstance(told, str) and told in list(Rule) else Rule.ANY


def need_of(item: Item) -> int | None:
    """How many of them, where the rule is that some are enough."""
    need = item.spec.get("need")
    return need if isinstance(need, int) and rule_of(item) is Rule.SOME else None


def last_day(item: Item, calendar: Calendar) -> date | None:
    """The day until which a version presented today can be decided, where working days for it were agreed."""
    days = item.spec.get("decide_days")
    return calendar.shift(calendar.today(), days) if isinstance(days, int) else None


@dataclass(frozen=True)
class Rounds:
    """How many rounds of changes were agreed (None: nobody said), and how many versions changes were asked for."""

    agreed: int | None
    used: int

    @property
    def used_up(self) -> bool:
        """Whether the next wish for changes goes beyond what was agreed."""
        return self.agreed is not None and self.used >= self.agreed


def rounds_of(item: Item) -> Rounds:
    """The rounds of an item: agreed for it or, where nobody said, for all things of its project; and used."""
    agreed = item.spec.get("rounds")
    if agreed is None and item.kind is ItemKind.APPROVAL and item.subject is Subject.THING:
        scope = scope_in_force(item.project_id)
        agreed = scope.rounds if scope else None
    return Rounds(agreed if isinstance(agreed, int) else None, _rounds_used(item))


def rounds_on(item: Item, version: ApprovalVersion) -> Rounds:
    """The rounds as the client reads them beside a version: those that were frozen with it, whatever was changed since."""
    return Rounds(version.shown.deciding.rounds, _rounds_used(item))


def _rounds_used(item: Item) -> int:
    asked = (Decision.item_id == item.id, Decision.choice == Choice.CHANGES, Decision.taken_back_at.is_(None))
    return db.session.scalar(select(func.count(func.distinct(Decision.version_id))).where(*asked)) or 0


def rounds_in(items: Sequence[Item], agreed: int | None) -> list[tuple[Item, Rounds]]:
    """The rounds of every thing of a project for which some were agreed; `agreed` counts where nothing else was said."""
    told = {item.id: item.spec.get("rounds", agreed) for item in items if item.subject is Subject.THING and item.kind is ItemKind.APPROVAL}
    asked = (Decision.item_id.in_(told), Decision.choice == Choice.CHANGES, Decision.taken_back_at.is_(None))
    counts = select(Decision.item_id, func.count(func.distinct(Decision.version_id))).where(*asked).group_by(Decision.item_id)
    used = {row[0]: row[1] for row in db.session.execute(counts)} if told else {}
    counted = [item for item in items if isinstance(told.get(item.id), int) and not item.is_draft and item.state is not ItemState.WAIVED]
    return [(item, Rounds(cast("int", told[item.id]), used.get(item.id, 0))) for item in counted]


def version_by_id(item_id: UUID, version_id: UUID) -> ApprovalVersion | None:
    """A version of an item."""
    return db.session.scalar(select(ApprovalVersion).where(ApprovalVersion.id == version_id, ApprovalVersion.item_id == item_id))


def history(item_id: UUID) -> list[Presented]:
    """Every version of an item with its decisions, newest first."""
    versions = db.session.scalars(
        select(ApprovalVersion).where(ApprovalVersion.item_id == item_id).order_by(ApprovalVersion.n.desc())
    ).all()
    decisions = db.session.scalars(select(Decision).where(Decision.item_id == item_id).order_by(Decision.at, Decision.id)).all()
    return [Presented(v, v.shown, tuple(d for d in decisions if d.version_id == v.id)) for v in versions]


def looks_at(versions: Collection[Presented]) -> dict[str, previews.Look]:
    """What can be shown of the files of these versions."""
    return previews.looks_of_ids(file.id for one in versions for file in one.shown.files)


def standing_version(item_id: UUID) -> ApprovalVersion | None:
    """The version that lies before the client now."""
    query = select(ApprovalVersion).where(ApprovalVersion.item_id == item_id, ApprovalVersion.superseded_at.is_(None))
    return db.session.scalar(query)


def shown_so_far(item_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """How many versions of these items were presented; items of which none was are left out."""
    counts = select(ApprovalVersion.item_id, func.max(ApprovalVersion.n)).group_by(ApprovalVersion.item_id)
    rows = db.session.execute(counts.where(ApprovalVersion.item_id.in_(item_ids))).all() if item_ids else []
    return {row[0]: row[1] for row in rows}


def live_decisions(version_id: UUID) -> list[Decision]:
    """What has been decided on a version and not taken back."""
    query = select(Decision).where(Decision.version_id == version_id, Decision.taken_back_at.is_(None))
    return list(db.session.scalars(query.order_by(Decision.at, Decision.id)))


def awaits_answer(item: Item) -> bool:
    """Whether a version stands on which the client's answer is still missing."""
    version = standing_version(item.id)
    return version is not None and outcome_on(item, version) is ItemState.TO_DO


def outcome_on(item: Item, version: ApprovalVersion) -> ItemState:
    """What the live decisions on a version amount to."""
    asked = version.shown.deciding
    deciders = [person.id for person in deciders_of(item)]
    return outcome(live_decisions(version.id), rule=Rule(asked.rule), deciders=deciders, need=asked.need)


def awaited(item: Item, current: Presented) -> Awaited:
    """Who still has to answer on the version that stands, by the rule it was presented with."""
    return seats.awaited(item, current.version, current.live)


def still_awaited(told: Receipt) -> Awaited | None:
    """Who still has to answer after a yes that was not enough alone; nobody where all is decided or something newer stands."""
    decision = told.decision
    if not (decision.is_live and decision.choice.is_yes and told.version.stands and told.item.state is ItemState.TO_DO):
        return None
    return seats.awaited(told.item, told.version, live_decisions(told.version.id))


def heard_about(item: Item) -> list[Hearsay]:
    """What was heard about the version that stands and waits for somebody's yes."""
    version = standing_version(item.id)
    if version is None or item.state is not ItemState.TO_DO:
        return []
    return _hearsay(Heard.version_id == version.id, Heard.ended_at.is_(None))


def confirmed_by(decision: Decision) -> Hearsay | None:
    """What we had noted of it before it was confirmed here, if it was said elsewhere first."""
    return next(iter(_hearsay(Heard.decision_id == decision.id)), None)


def _hearsay(*which: ColumnElement[bool]) -> list[Hearsay]:
    decider, by = aliased(Person), aliased(Person)
    query = select(Heard, decider, by).join(decider, decider.id == Heard.person_id).join(by, by.id == Heard.by_id)
    return [Hearsay(*row) for row in db.session.execute(query.where(*which).order_by(Heard.at, Heard.id))]


def heard_by_id(item_id: UUID, heard_id: UUID) -> Heard | None:
    """What was heard about an item."""
    return db.session.scalar(select(Heard).where(Heard.id == heard_id, Heard.item_id == item_id))


def ready_files(item_id: UUID) -> list[Upload]:
    """The firm's files that lie ready for the next version, oldest first."""
    ready = (Upload.item_id == item_id, Upload.side == FromSide.FIRM, Upload.removed_at.is_(None))
    frozen = select(VersionFile.upload_id).join(ApprovalVersion, ApprovalVersion.id == VersionFile.version_id)
    unfrozen = Upload.id.not_in(frozen.where(ApprovalVersion.item_id == item_id))
    return list(db.session.scalars(select(Upload).where(*ready, unfrozen).order_by(Upload.received_at, Upload.name, Upload.id)))


def shown_file(item_id: UUID, upload_id: UUID) -> Upload | None:
    """A file of the firm on an item, presented or (for staff) laid ready."""
    return db.session.scalar(select(Upload).where(Upload.id == upload_id, Upload.item_id == item_id, Upload.side == FromSide.FIRM))
