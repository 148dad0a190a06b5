"""Reads for the staff's page of a client: everything about one project, in a fixed number of queries."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select

from portal.features.news import queries as news
from portal.features.nudges import queries as nudges
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kinds import inviting, reading, snags, undoing
from portal.kinds.agreed.standing import agreed_of
from portal.kinds.approvals import kind as approvals
from portal.kinds.approvals import pins
from portal.kinds.ground.desk import desk_of
from portal.kinds.minutes import minutes
from portal.kinds.plans import standing
from portal.kinds.plans.templates import newer_version
from portal.kinds.previews import ordering as previews
from portal.kinds.reminders.outlook import ahead_in
from portal.kinds.silence.standing import latest_on, why_not_on
from portal.kinds.talk import reading as talk
from portal.kinds.waiting.booking import booked_of, shared
from portal.models.approvals import ApprovalVersion, Decision
from portal.models.clients import Client, Membership
from portal.models.deliveries import Delivery, HandOver
from portal.models.files import FromSide, Upload
from portal.models.item_states import ItemKind, ItemState, WaitingOn
from portal.models.items import Item, ItemPerson, Part
from portal.models.marks import Seen
from portal.models.people import Person, SignedIn, the_firm
from portal.models.projects import Milestone, Project, ProjectState
from portal.models.snags import Snag

S = ItemState


@dataclass(frozen=True)
class Contact:
    """Somebody who speaks for the client, and when they were here last."""

    membership: Membership
    person: Person
    seen_at: datetime | None
    device: str


@dataclass
class Facts:
    """What is known of one item besides itself."""

    files: int = 0
    last_file_at: datetime | None = None
    file_name: str = ""
    opened_at: datetime | None = None
    handed: HandOver | None = None
    delivery: Delivery | None = None
    version: ApprovalVersion | None = None
    decision: Decision | None = None
    snag: Snag | None = None


@dataclass(frozen=True)
class Move:
    """Whose move it is: who, how many things, since when, and what they hold up."""

    side: str
    who: Person | None
    count: int
    since: datetime | None
    holds_up: Milestone | None
    review: int
    present: int


@dataclass
class Groups:
    """The items of a project by whose they are."""

    client: list[Item] = field(default_factory=list)
    review: list[Item] = field(default_factory=list)
    ours: list[Item] = field(default_factory=list)
    drafts: list[Item] = field(default_factory=list)
    locked: list[Item] = field(default_factory=list)
    accepted: list[Item] = field(default_factory=list)
    waived: list[Item] = field(default_factory=list)


GROUP = {
    S.TO_DO: "client",
    S.STARTED: "client",
    S.RETURNED: "client",
    S.SENT: "review",
    S.NOT_AVAILABLE: "review",
    S.PREPARING: "ours",
    S.DRAFT: "drafts",
    S.LOCKED: "locked",
    S.ACCEPTED: "accepted",
    S.WAIVED: "waived",
}


def projects(client_id: UUID) -> list[Project]:
    """A client's projects, those at work first, then the newest."""
    found = db.session.scalars(select(Project).where(Project.client_id == client_id).order_by(Project.created_at.desc(), Project.id))
    return sorted(found, key=lambda project: (project.state is ProjectState.ARCHIVED, project.state is ProjectState.DONE))


def page_of(client: Client, project: Project | None) -> dict[str, object]:
    """Everything the page of a client shows of one project."""
    contacts = contacts_of(client.id)
    items = reading.items_of(project.id) if project else []
    facts = facts_of(items)
    milestones = milestones_of(project.id) if project else {}
    booked = booked_of(items, client.calendar)
    return {
        "client": client,
        "project": project,
        "lead": reading.person(project.lead_id if project else client.lead_id),
        "contacts": contacts,
        "groups": grouped(items),
        "facts": facts,
        "people": names_of(facts.values()),
        "milestones": milestones,
        "steps": standing.steps(project, items) if project else [],
        "progress": reading.progress(items) if project else None,
        "parked": nudges.parked_of(client.id),
        "move": move_of(project, items, contacts, milestones) if project else None,
        "at_risk": at_risk(items),
        "agreed": agreed_of(items, list(milestones.values()), client.calendar) if project else None,
        "booked": booked,
        "shared": shared(booked.values(), client.calendar),
        "newer": newer_version(project) if project else None,
        "bad_news": news.bad_news(project.id) if project else [],
        "heard": news.heard_of(project) if project and project.is_running else None,
        "calendar": client.calendar,
        "desk": desk_of(project.id) if project else None,
        "talked": talk.talked(project.id) if project else None,
        "approvals": [item for item in items if facts[item.id].version],
    }


def item_page_of(item: Item) -> dict[str, object]:
    """Everything the staff's page of one item shows, what happened apart."""
    client = db.session.get_one(Client, item.client_id)
    facts = facts_of([item])[item.id]
    named = named_on(item.id)
    milestones = milestones_of(item.project_id)
    versions = approvals.history(item.id) if item.kind.is_decision else []
    files = uploads_of(item.id) if item.kind is ItemKind.FILES else []
    ahead = [one for one in ahead_in([item.project_id]).get(item.project_id, []) if one.thing.item_id == item.id]
    return {
        "item": item,
        "ahead": ahead[0] if ahead else None,
        "client": client,
        "project": db.session.scalars(select(Project).where(Project.id == item.project_id)).one(),
        "facts": facts,
        "takes": minutes([item]),
        "booked": booked_of([item], client.calendar).get(item.id),
        "can_undo": undoing.can_undo(item, facts.handed),
        "people": names_of([facts]),
        "named": named,
        "milestone": milestones.get(item.milestone_id) if item.milestone_id else None,
        "holds_up": milestones.get(item.holds_up_id) if item.holds_up_id else None,
        "files": files,
        "looks": previews.looks_of(files),
        "versions": versions,
        "pins": pins.pins_of(item.id) if versions else [],
        "silence": latest_on(item.id) if versions else None,
        "quiet_why_not": why_not_on(item, versions[0].version) if versions and item.state is S.TO_DO else None,
        "hearsay": approvals.heard_about(item) if versions else [],
        "rounds": approvals.rounds_of(item) if item.kind.is_decision else None,
        "awaited": approvals.awaited(item, versions[0]) if versions and item.state is S.TO_DO else None,
        "content": json.loads(facts.handed.content) if facts.handed else {},
        "calendar": client.calendar,
    }


def contacts_of(client_id: UUID) -> list[Contact]:
    """Everybody who speaks for a client, deciders first, with their latest visit."""
    rows = inviting.contacts_of(client_id)
    ids = sorted(row.person_id for row in rows)
    people = {one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
    visits: dict[UUID, SignedIn] = {}
    for visit in db.session.scalars(select(SignedIn).where(SignedIn.person_id.in_(ids)).order_by(SignedIn.last_seen_at)):
        visits[visit.person_id] = visit
    return [Contact(row, people[row.person_id], *_visit(visits.get(row.person_id))) for row in rows]


def grouped(items: Iterable[Item]) -> Groups:
    """Items by whose they are, in the firm's order."""
    groups = Groups()
    for item in items:
        getattr(groups, "review" if item.stuck else GROUP[item.state]).append(item)
    return groups


def milestones_of(project_id: UUID) -> dict[UUID, Milestone]:
    """The milestones of a project by id, in order."""
    return {milestone.id: milestone for milestone in reading.milestones_of(project_id)}


def facts_of(items: Iterable[Item]) -> dict[UUID, Facts]:
    """What came in, was opened, handed over, presented and decided for each item."""
    facts = {item.id: Facts() for item in items}
    ids = sorted(facts)
    _add_files(facts, ids)
    seen = select(Seen.object_id, func.max(Seen.last_at)).where(Seen.kind == "item", Seen.object_id.in_(ids)).group_by(Seen.object_id)
    for item_id, at in db.session.execute(seen):
        facts[item_id].opened_at = at
    handed = select(HandOver, Delivery).join(Delivery, and_(Delivery.client_id == HandOver.client_id, Delivery.id == HandOver.delivery_id))
    handed = handed.where(HandOver.item_id.in_(ids), HandOver.taken_back_at.is_(None)).order_by(HandOver.round)
    for one, delivery in db.session.execute(handed):
        facts[one.item_id].handed, facts[one.item_id].delivery = one, delivery
    for version in db.session.scalars(select(ApprovalVersion).where(ApprovalVersion.item_id.in_(ids)).order_by(ApprovalVersion.n)):
        facts[version.item_id].version = version
    decided = select(Decision).where(Decision.item_id.in_(ids), Decision.taken_back_at.is_(None)).order_by(Decision.at)
    for decision in db.session.scalars(decided):
        facts[decision.item_id].decision = decision
    for snag in snags.open_among(items):
        facts[snag.item_id].snag = snag
    return facts


def names_of(facts: Iterable[Facts]) -> dict[UUID, Person]:
    """The people these facts speak of, by id."""
    ids: set[UUID | None] = set()
    for fact in facts:
        if fact.handed:
            ids |= {fact.handed.by_id, fact.handed.verdict_by}
        if fact.version:
            ids.add(fact.version.by_id)
        if fact.decision:
            ids.add(fact.decision.person_id)
    wanted = sorted(one for one in ids if one)
    return {one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(wanted)))}


def move_of(project: Project, items: list[Item], contacts: list[Contact], milestones: dict[UUID, Milestone]) -> Move | None:
    """Whose move it is in a running project; None when nothing is open or the project rests."""
    if not project.is_running:
        return None
    theirs = [item for item in items if item.waiting_on is WaitingOn.CLIENT]
    waiting = theirs or [item for item in items if item.waiting_on is WaitingOn.FIRM]
    if not waiting:
        return None
    since = min((item.waiting_since for item in waiting if item.waiting_since), default=None)
    held = [milestones[held_id] for held_id in (item.holds_up_id for item in waiting) if held_id is not None]
    first = min((m for m in held if m.starts_on), key=lambda m: str(m.starts_on), default=None)
    present = sum(item.state is S.PREPARING for item in waiting)
    return Move("client" if theirs else "us", _who(theirs, contacts), len(waiting), since, first, len(waiting) - present, present)


def at_risk(items: Iterable[Item]) -> set[UUID]:
    """The milestones that something open with the client would move, because the day it was needed by is past."""
    today = the_firm().calendar.today()
    late = (item for item in items if item.waiting_on is WaitingOn.CLIENT and item.slips_on and item.slips_on < today)
    return {held for held in (item.holds_up_id for item in late) if held is not None}


def _who(theirs: list[Item], contacts: list[Contact]) -> Person | None:
    """The one person who has to do all of it; None when that is not one person."""
    needed = {row.person_id for row in inviting.concerned(theirs, [contact.membership for contact in contacts])}
    return next((contact.person for contact in contacts if needed == {contact.membership.person_id}), None)


def named_on(item_id: UUID) -> list[Person]:
    """The contacts named for an item."""
    query = select(Person).join(ItemPerson, ItemPerson.person_id == Person.id)
    return list(
        db.session.scalars(
            query.where(ItemPerson.item_id == item_id, ItemPerson.part != Part.HELP, ItemPerson.ended_at.is_(None)).order_by(Person.name)
        )
    )


def uploads_of(item_id: UUID) -> list[Upload]:
    """Every file of an item, the newest first, removed ones too."""
    return list(db.session.scalars(select(Upload).where(Upload.item_id == item_id).order_by(Upload.received_at.desc(), Upload.id)))


def _add_files(facts: dict[UUID, Facts], ids: list[UUID]) -> None:
    there = (Upload.item_id.in_(ids), Upload.side == FromSide.CLIENT, Upload.removed_at.is_(None))
    for upload in db.session.scalars(select(Upload).where(*there).order_by(Upload.received_at)):
        if upload.item_id:
            known = facts[upload.item_id]
            known.files, known.last_file_at, known.file_name = known.files + 1, upload.received_at, upload.name


def _visit(session: SignedIn | None) -> tuple[datetime | None, str]:
    return (session.last_seen_at, session.ua) if session and session.last_seen_at <= now() else (None, "")
