"""Writes about clients and the people who speak for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from sqlalchemy import select, update

from portal.features.clients import queries
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Role, Viewer
from portal.kinds import inviting
from portal.kinds.files import incoming
from portal.kinds.plans import planning
from portal.models import may
from portal.models.calendars import week
from portal.models.clients import Client, Membership
from portal.models.items import Item, ItemPerson
from portal.models.people import Firm, Person, Purpose
from portal.models.projects import Project
from portal.models.sign_in import person_with, supersede


@dataclass(frozen=True)
class Company:
    """A client as typed."""

    name: str
    language: str
    zone: str
    lead: Person


@dataclass(frozen=True)
class Days:
    """The weekdays a client works on, Monday being 0, single days off, and whose public holidays count (None: the firm's)."""

    working: tuple[int, ...]
    off: tuple[date, ...] = ()
    region: str | None = None


@dataclass(frozen=True)
class Contact:
    """A contact as typed."""

    name: str
    email: str
    language: str
    zone: str
    role: Role = Role.DECIDE
    phone: str = ""
    called: str = ""


@dataclass(frozen=True)
class Plan:
    """A first project as typed: its milestones in order, and what to ask for."""

    name: str
    starts_on: date | None
    stages: tuple[planning.Stage, ...]
    asks: tuple[planning.Ask, ...]


@action
def begin(company: Company, contact: Contact, plan: Plan, *, send: bool, by: Viewer) -> Project:
    """Create a client, its first contact and its first project, and send the list, all in one act."""
    if send and not plan.asks:
        raise Refused(N_("Write down at least one item, or save this as a draft."), field="asks", status=422)
    planning.check_order(plan.stages)
    client = create_client(company, by=by)
    add_contact(client, contact, by=by)
    project = planning.open_project(client, name=plan.name, lead_id=company.lead.id, starts_on=plan.starts_on, by=by)
    for stage in plan.stages:
        planning.add_milestone(project, stage, by=by)
    for wish in plan.asks:
        planning.ask(project, wish, by=by)
    if send:
        planning.send_drafts(project.id, by=by)
    return project


@action
def create_client(company: Company, *, by: Viewer) -> Client:
    """Create a client; the firm's row is the line in which two who do it at once stand."""
    require(may.run_clients(by))
    db.session.scalars(select(Firm).with_for_update()).all()
    _refuse_taken(company.name)
    client = Client(id=uuid4(), language=company.language, zone=company.zone, lead_id=company.lead.id, created_at=now())
    client.rename(company.name.strip())
    db.session.add(client)
    db.session.flush()
    record(Kind.CLIENT_CREATED, client, by=by, detail={"name": client.name})
    return client


@action
def change_client(client: Client, company: Company, days: Days, *, by: Viewer) -> None:
    """Change what we know of a client; late and by when are counted in their days from now on."""
    require(may.run_clients(by))
    kept = week(days.working, days.off, days.region)
    if queries.client_named(company.name, but=client.id):
        _refuse_taken(company.name)
    client.rename(company.name.strip())
    client.language, client.zone, client.lead_id = company.language, company.zone, company.lead.id
    for name, value in kept.items():
        setattr(client, name, value)
    record(Kind.CLIENT_CHANGED, client, by=by, lead=company.lead.id, detail={"name": client.name})


@action
def archive_client(client: Client, *, by: Viewer) -> None:
    """Put a client away: nobody signs in for it any more, and nothing waits for anybody."""
    require(may.run_clients(by))
    client.archive(at=now())
    _rest(client)
    record(Kind.CLIENT_ARCHIVED, client, by=by)


@action
def restore_client(client: Client, *, by: Viewer) -> None:
    """Bring a client back, with everything waiting for whoever it waited for."""
    require(may.run_clients(by))
    client.restore()
    _rest(client)
    record(Kind.CLIENT_RESTORED, client, by=by)


@action
def add_contact(client: Client, contact: Contact, *, by: Viewer) -> Membership:
    """Let a person speak for a client; somebody who does so for another client stays one person."""
    require(may.run_clients(by))
    if client.archived_at:
        raise Refused(N_("This client is archived. Restore it first."))
    person = _person(contact)
    row = db.session.get(Membership, (client.id, person.id))
    if row and row.ended_at is None:
        raise Refused(N_("%(name)s speaks for this client already."), field="email", status=422, name=person.name)
    if row is None:
        row = Membership(client_id=client.id, person_id=person.id, role=contact.role)
        db.session.add(row)
    row.role, row.ended_at, row.invited_at = contact.role, None, None
    db.session.flush()
    record(Kind.CONTACT_ADDED, row, by=by, person=person.id, role=contact.role, detail={"name": person.name, "address": person.email_typed})
    return row


@action
def add_and_invite(client: Client, contact: Contact, *, invited: bool, by: Viewer) -> Membership:
    """Add a contact and, if wanted, tell them at once."""
    row = add_contact(client, contact, by=by)
    if invited:
        inviting.welcome(row, by=by)
    return row


@action
def change_contact(row: Membership, person: Person, contact: Contact, *, by: Viewer) -> None:
    """Change what a contact may do and how we write to them. The address stays: it is how they sign in."""
    require(may.run_clients(by))
    row.role = contact.role
    person.name, person.called, person.phone = contact.name.strip(), contact.called.strip(), contact.phone.strip()
    person.language, person.zone = contact.language, contact.zone
    record(Kind.CONTACT_CHANGED, row, by=by, person=person.id, role=contact.role, detail={"name": person.name})


@action
def end_access(row: Membership, person: Person, *, by: Viewer) -> None:
    """Let a person speak for a client no longer; it counts from their next request on."""
    require(may.run_clients(by))
    if row.ended_at:
        raise Refused(N_("This person's access has ended already."))
    row.ended_at = now()
    mine = (ItemPerson.client_id == row.client_id, ItemPerson.person_id == row.person_id, ItemPerson.ended_at.is_(None))
    db.session.execute(update(ItemPerson).where(*mine).values(ended_at=now()))
    incoming.stop(row.client_id, row.person_id, by=by)
    others = (Membership.person_id == row.person_id, Membership.ended_at.is_(None), Membership.client_id != row.client_id)
    if db.session.scalar(select(Membership.person_id).where(*others).limit(1)) is None:
        supersede(row.person_id, Purpose.INVITE)
    record(Kind.CONTACT_ENDED, row, by=by, person=person.id, detail={"name": person.name})


def _person(contact: Contact) -> Person:
    """Whoever is known by this address, or somebody new."""
    known = person_with(contact.email)
    if known is None:
        known = inviting.new_person(contact.name, contact.email, language=contact.language, zone=contact.zone, phone=contact.phone)
    if known.is_staff:
        sentence = N_("%(name)s works here. A staff address cannot be a contact; use another one.")
        raise Refused(sentence, field="email", status=422, name=known.name)
    if known.disabled_at:
        raise Refused(N_("This address was closed. Use another one."), field="email", status=422)
    return known


def _rest(client: Client) -> None:
    """Let everything of a client wait or rest, as its own and its projects' state say."""
    items = list(db.session.scalars(select(Item).where(Item.client_id == client.id).order_by(Item.id).with_for_update(of=Item)))
    for project in db.session.scalars(select(Project).where(Project.client_id == client.id)):
        mine = (item for item in items if item.project_id == project.id)
        planning.rest(mine, running=project.is_running and client.archived_at is None)


def _refuse_taken(name: str) -> None:
    taken = queries.client_named(name)
    if taken:
        raise Refused(N_("%(name)s is a client already."), field="company", status=422, name=taken.name)
