"""How far silence has run on a version: which announcements really left, on which day it takes effect, and what stops it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select

from portal.kernel.clock import Calendar
from portal.kernel.db import db
from portal.kernel.outbox import Outbox, Stand
from portal.kernel.record import Event, Kind
from portal.kinds import reading
from portal.kinds.approvals.kind import live_decisions, standing_version
from portal.models.approvals import ApprovalVersion, Choice, Decision
from portal.models.clients import Client
from portal.models.item_states import ItemKind, ItemState, Subject
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Project
from portal.models.silence import LEAST_DAYS, NOTICE_DAYS, Agreement, Ending, Silence

FIRST, SECOND = "decision_asked", "silence_soon"  # the mails that announce it
RESTS = (Kind.PROJECT_PAUSED, Kind.PROJECT_ARCHIVED, Kind.CLIENT_ARCHIVED, Kind.ITEM_WAIVED)
MOST_DAYS_UNSENT = 10


@dataclass(frozen=True)
class Announced:
    """On which days the announcements left, the last of all deciders each; None while one of them is missing. `asked_on`: when the last of
    the first mails was written."""

    first: date | None
    second: date | None
    bounced: bool
    asked_on: date


def agreement_of(project_id: UUID) -> Agreement | None:
    """What the client agreed to about silence in a project, if that still holds."""
    return db.session.scalar(select(Agreement).where(Agreement.project_id == project_id, Agreement.ended_at.is_(None)))


class WhyNot(StrEnum):
    """Why silence does not count on a version."""

    OFF = "off"
    NOT_AGREED = "not_agreed"
    NO_PLAIN_APPROVAL = "no_plain_approval"
    IMPORTANT = "important"
    ENDS = "ends"
    NO_DAY = "no_day"
    BEFORE = "before"


def why_not(item: Item, agreement: Agreement | None, *, important: bool, ends: bool, due_on: date | None) -> WhyNot | None:
    """Why silence would not count on a version that is important or not, ends on a moment of its own or not, and is asked for by a day."""
    found = {
        WhyNot.OFF: not db.session.get_one(Project, item.project_id).silence,
        WhyNot.NO_PLAIN_APPROVAL: item.kind is not ItemKind.APPROVAL or item.subject is not Subject.THING,
        WhyNot.NOT_AGREED: agreement is None,
        WhyNot.IMPORTANT: important,
        WhyNot.ENDS: ends,
        WhyNot.NO_DAY: due_on is None,
    }
    return next((reason for reason, is_so in found.items() if is_so), None)


def why_not_on(item: Item, version: ApprovalVersion) -> WhyNot | None:
    """Why silence does not count on a version that was presented."""
    agreement, important, ends = agreement_of(item.project_id), version.shown.deciding.important, version.expires_at is not None
    reason = why_not(item, agreement, important=important, ends=ends, due_on=due_of(item, version))
    return WhyNot.BEFORE if reason is None and agreement and agreement.at > version.presented_at else reason


def running_on(version_id: UUID) -> Silence | None:
    """The silence that runs on a version."""
    return db.session.scalar(select(Silence).where(Silence.version_id == version_id, Silence.ended_at.is_(None)))


def latest_on(item_id: UUID) -> Silence | None:
    """The last time silence ran on an item."""
    return db.session.scalar(select(Silence).where(Silence.item_id == item_id).order_by(Silence.began_at.desc()).limit(1))


def deemed_of(items: Iterable[Item]) -> set[UUID]:
    """Which of these items silence decided; asked only where it could be one."""
    ids = sorted(item.id for item in items if item.kind is ItemKind.APPROVAL and item.state is ItemState.ACCEPTED and item.due_on)
    mine = (Decision.item_id.in_(ids), Decision.choice == Choice.DEEMED, Decision.taken_back_at.is_(None))
    return set(db.session.scalars(select(Decision.item_id).where(*mine))) if ids else set()


def effect_day(due_on: date | None, first_on: date, second_on: date | None, calendar: Calendar) -> date:
    """The day after whose end it counts: the day that was asked for, and never sooner than was promised after each announcement."""
    days = [calendar.shift(first_on, LEAST_DAYS)]
    days += [due_on] if due_on else []
    days += [calendar.shift(second_on, NOTICE_DAYS)] if second_on else []
    return max(days)


def due_of(item: Item, version: ApprovalVersion) -> date | None:
    """The day a decision was asked for: as it was frozen, or later if it was moved since."""
    frozen = date.fromisoformat(version.shown.due_on) if version.shown.due_on else None
    return max((day for day in (frozen, item.due_on) if day), default=None)


def announced(item: Item, silence: Silence, deciders: Collection[Person], calendar: Calendar) -> Announced:
    """What became of the mails: what was only written, waits or came back was never announced."""
    days: dict[tuple[str, UUID | None], list[date]] = defaultdict(list)
    bounced, asked_at = False, silence.began_at
    about = (Outbox.project_id == item.project_id, Outbox.kind.in_((FIRST, SECOND)))
    for row in db.session.scalars(select(Outbox).where(*about)):
        if row.facts.get("version") != str(silence.version_id):
            continue
        bounced = bounced or row.state is Stand.PARKED
        asked_at = max(asked_at, row.made_at) if row.kind == FIRST else asked_at
        if row.state is Stand.SENT and row.sent_at:
            days[row.kind, row.person_id].append(calendar.day_of(row.sent_at))
    bounced = bounced or any(person.mail_bounced_at for person in deciders)
    return Announced(_last(days, FIRST, deciders), _last(days, SECOND, deciders), bounced, calendar.day_of(asked_at))


def written_to(item: Item, version: ApprovalVersion, kind: str) -> set[UUID | None]:
    """Who was written a mail of a kind about a version."""
    about = (Outbox.project_id == item.project_id, Outbox.kind == kind)
    return {row.person_id for row in db.session.scalars(select(Outbox).where(*about)) if row.facts.get("version") == str(version.id)}


def _last(days: Mapping[tuple[str, UUID | None], list[date]], kind: str, deciders: Collection[Person]) -> date | None:
    """The day by which everybody had a mail of a kind."""
    firsts = [min(days[kind, person.id]) for person in deciders if (kind, person.id) in days]
    return max(firsts) if firsts and len(firsts) == len(deciders) else None


def unheard(told: Announced, calendar: Calendar) -> Ending | None:
    """Whether an announcement came back, or the first has waited too long to leave."""
    if told.bounced:
        return Ending.BOUNCED
    waited = calendar.today() > calendar.shift(told.asked_on, MOST_DAYS_UNSENT)
    return Ending.UNSENT if waited and told.first is None else None


def stopped_by(item: Item, silence: Silence) -> Ending | None:
    """What has happened meanwhile that ends it. Whoever ends the agreement, switches it off or pauses holds the project, too."""
    project = db.session.get_one(Project, item.project_id, populate_existing=True, with_for_update=True)
    version = standing_version(item.id)
    if version is None or version.id != silence.version_id:
        return Ending.REPLACED
    if live_decisions(version.id):
        return Ending.DECIDED
    if reading.resting(item) is not None or _happened(silence, rests=True):
        return Ending.RESTED
    if item.state is not ItemState.TO_DO:
        return Ending.REPLACED
    agreement = agreement_of(item.project_id)
    if agreement is None or agreement.id != silence.agreement_id or not project.silence:
        return Ending.WITHDRAWN
    return Ending.ACTIVITY if _happened(silence) else None


def _happened(silence: Silence, *, rests: bool = False) -> bool:
    """Whether somebody on the client's side did anything about it since, or (`rests`) the work stood still for a while."""
    began = select(func.max(Event.seq)).where(Event.item_id == silence.item_id, Event.kind == Kind.SILENCE_BEGAN.value)
    query = select(Event.seq).where(Event.chain_id == silence.client_id, Event.seq > began.scalar_subquery())  # clocks can be set back
    if rests:
        own = select(Item.project_id).where(Item.id == silence.item_id).scalar_subquery()
        query = query.where(Event.kind.in_([kind.value for kind in RESTS]), Event.project_id.is_(None) | (Event.project_id == own))
        query = query.where(Event.item_id.is_(None) | (Event.item_id == silence.item_id))
    else:
        theirs = select(Person.id).where(Person.staff_role.is_(None))
        query = query.where(Event.item_id == silence.item_id, Event.actor_id.in_(theirs))
    return db.session.scalar(query.limit(1)) is not None


def calendar_of(item: Item) -> Calendar:
    """The days the client works on."""
    return db.session.get_one(Client, item.client_id).calendar
