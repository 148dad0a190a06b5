"""Creating clients, projects and things to ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import func, select

from portal.kernel.action import action
from portal.kernel.addresses import canonical_address
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.record import Kind, record
from portal.kernel.viewer import Role, Viewer
from portal.kinds import life
from portal.models.clients import Client, Membership, sort_key
from portal.models.item_states import ItemKind, ItemState
from portal.models.items import Item, new_item
from portal.models.people import Person
from portal.models.projects import Milestone, Project, ProjectState


@dataclass(frozen=True)
class Stage:
    """A milestone as planned."""

    name: str
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class Ask:
    """One thing we want to ask for."""

    kind: ItemKind
    title: str
    why: str = ""
    help: str = ""
    due_on: date | None = None
    minutes: int = 5
    lead_days: int = 1
    required: bool = True
    needs_review: bool = True
    milestone_id: UUID | None = None
    holds_up_id: UUID | None = None
    questionnaire_version_id: UUID | None = None
    spec: Mapping[str, object] = field(default_factory=dict)
    people: tuple[UUID, ...] = ()


@action
def create_client(*, name: str, language: str, zone: str, working_days: list[int], lead_id: UUID, by: Viewer) -> Client:
    """A new client."""
    client = Client(
        id=uuid4(),
        name=name,
        sort_key=sort_key(name),
        language=language,
        zone=zone,
        lead_id=lead_id,
        created_at=now(),
        working_days=working_days,
    )
    db.session.add(client)
    db.session.flush()
    record(Kind.CLIENT_CREATED, client, by=by, detail={"name": name})
    return client


@action
def add_contact(client: Client, *, name: str, email: str, role: Role, language: str, zone: str, by: Viewer) -> Person:
    """A contact of a client."""
    person = Person(id=uuid4(), name=name, email_typed=email, email_canon=canonical_address(email), language=language, zone=zone)
    db.session.add(person)
    db.session.flush()
    contact = Membership(client_id=client.id, person_id=person.id, role=role, invited_at=now())
    db.session.add(contact)
    db.session.flush()
    record(Kind.CONTACT_ADDED, contact, by=by, person=person.id, role=role, detail={"name": name})
    return person


@action
def open_project(client: Client, *, name: str, lead_id: UUID, starts_on: date | None, by: Viewer) -> Project:
    """A new project."""
    project = Project(
        id=uuid4(),
        client_id=client.id,
        name=name,
        number=1,
        lead_id=lead_id,
        starts_on=starts_on,
        state=ProjectState.DRAFT,
        created_at=now(),
    )
    db.session.add(project)
    db.session.flush()
    record(Kind.PROJECT_CREATED, project, by=by, detail={"name": name})
    return project


@action
def add_milestone(project: Project, stage: Stage, *, by: Viewer) -> Milestone:
    """A milestone behind the others."""
    position = (db.session.scalar(select(func.max(Milestone.position)).where(Milestone.project_id == project.id)) or 0) + 1
    milestone = Milestone(
        id=uuid4(),
        client_id=project.client_id,
        project_id=project.id,
        position=position,
        name={db.session.get_one(Client, project.client_id).language: stage.name},
        starts_on=stage.starts_on,
        ends_on=stage.ends_on,
    )
    db.session.add(milestone)
    db.session.flush()
    record(Kind.MILESTONES_CHANGED, project, by=by, milestone=milestone.id, detail={"added": stage.name})
    return milestone


@action
def ask(project: Project, wish: Ask, *, by: Viewer) -> Item:
    """A thing to ask for, as a draft."""
    position = (db.session.scalar(select(func.max(Item.position)).where(Item.project_id == project.id)) or 0) + 1
    item = new_item(client_id=project.client_id, project_id=project.id, kind=wish.kind, position=position)
    item.say(db.session.get_one(Client, project.client_id).language, title=wish.title, why=wish.why, help=wish.help)
    for name in ("due_on", "minutes", "lead_days", "required", "needs_review", "milestone_id", "holds_up_id", "questionnaire_version_id"):
        setattr(item, name, getattr(wish, name))
    item.spec = dict(wish.spec)
    db.session.add(item)
    db.session.flush()
    record(Kind.ITEM_CREATED, item, by=by, kind=wish.kind, detail={"title": wish.title})
    return item


@action
def send_drafts(project_id: UUID, *, by: Viewer) -> int:
    """Put all drafts on the client's list."""
    project = db.session.scalars(select(Project).where(Project.id == project_id)).one()
    project.activate()
    drafts = list(db.session.scalars(select(Item).where(Item.project_id == project_id, Item.state == ItemState.DRAFT)))
    for item in drafts:
        life.send(item, by=by)
    return len(drafts)


@action
def pause(project: Project, *, by: Viewer) -> None:
    """Let a project rest."""
    project.pause()
    for item in db.session.scalars(select(Item).where(Item.project_id == project.id)):
        item.rest(False, at=now())
    record(Kind.PROJECT_PAUSED, project, by=by)


@action
def archive(client: Client, *, by: Viewer) -> None:
    """Put a client away."""
    client.archive(at=now())
    for project in db.session.scalars(select(Project).where(Project.client_id == client.id)):
        project.archive()
    record(Kind.CLIENT_ARCHIVED, client, by=by)
