"""Planning work with a client: projects, their milestones, and the things we ask for, from draft to sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.scope import find
from portal.kernel.viewer import Viewer
from portal.kinds import inviting, life
from portal.kinds.ground.building import let_go_of
from portal.kinds.plans import opening
from portal.kinds.questionnaires.kind import ask_with
from portal.models import may
from portal.models.clients import Client
from portal.models.item_states import WAITS_FOR, ItemKind, ItemState, WaitingOn
from portal.models.items import Item, ItemPerson, Part, Turn, new_item, stale
from portal.models.people import Person
from portal.models.projects import Milestone, Project, ProjectState
from portal.models.template.specs import STATEMENT

KEPT = ("subject", "about", "decision", "asked_by")  # what an item about an agreement stays, whatever staff edit


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


def with_items(project_id: UUID) -> tuple[Project, list[Item]]:
    """A project and all its items; when this session writes they are locked in the one order that never blocks itself.

    Closed ones come last: whoever judges an item holds it, and then locks those that open because of it."""
    query = select(Item).where(Item.project_id == project_id).order_by(Item.state.in_(opening.CLOSED), Item.id)
    if db.session().info.get("writes"):
        query = query.with_for_update(of=Item).execution_options(populate_existing=True)
    items = list(db.session.scalars(query))
    return find(Project, project_id), sorted(items, key=lambda item: (item.position, str(item.id)))


@action
def open_project(client: Client, *, name: str, lead_id: UUID, starts_on: date | None, by: Viewer) -> Project:
    """Begin a project as a draft that no client knows of."""
    require(may.run_clients(by))
    if client.archived_at:
        raise Refused(N_("This client is archived. Restore it first."))
    staff(lead_id)
    number = (db.session.scalar(select(func.max(Project.number)).where(Project.client_id == client.id)) or 0) + 1
    project = Project(
        id=uuid4(),
        client_id=client.id,
        name=name.strip(),
        number=number,
        lead_id=lead_id,
        starts_on=starts_on,
        state=ProjectState.DRAFT,
        created_at=now(),
    )
    db.session.add(project)
    db.session.flush()
    record(Kind.PROJECT_CREATED, project, by=by, starts_on=starts_on, detail={"name": project.name})
    return project


@action
def add_milestone(project: Project, stage: Stage, *, by: Viewer) -> Milestone:
    """Add a milestone behind the others."""
    require(may.run_clients(by))
    check_days(stage)
    position = (db.session.scalar(select(func.max(Milestone.position)).where(Milestone.project_id == project.id)) or 0) + 1
    milestone = Milestone(
        id=uuid4(),
        client_id=project.client_id,
        project_id=project.id,
        position=position,
        name={_language(project.client_id): stage.name.strip()},
        starts_on=stage.starts_on,
        ends_on=stage.ends_on,
    )
    db.session.add(milestone)
    db.session.flush()
    record(Kind.MILESTONES_CHANGED, project, by=by, milestone=milestone.id, starts_on=stage.starts_on, detail={"added": stage.name.strip()})
    return milestone


@action
def ask(project: Project, wish: Ask, *, by: Viewer) -> Item:
    """Write down a thing to ask for, as a draft."""
    require(may.run_clients(by))
    position = (db.session.scalar(select(func.max(Item.position)).where(Item.project_id == project.id)) or 0) + 1
    item = new_item(client_id=project.client_id, project_id=project.id, kind=wish.kind, position=position)
    fill(item, wish)
    db.session.add(item)
    db.session.flush()
    _name_people(item, wish.people, by=by)
    record(Kind.ITEM_CREATED, item, by=by, kind=wish.kind, due_on=wish.due_on, detail={"title": wish.title.strip()})
    return item


def fill(item: Item, wish: Ask) -> None:
    """Write a wish onto an item, whose kind stays what it is. Refuses what cannot be asked like this."""
    if item.kind is ItemKind.QUESTIONNAIRE and wish.questionnaire_version_id is None:
        raise Refused(N_("Choose a questionnaire."), field="questionnaire", status=422)
    item.say(_language(item.client_id), title=wish.title.strip(), why=wish.why.strip(), help=wish.help.strip())
    for name in ("due_on", "minutes", "lead_days", "required", "needs_review", "milestone_id", "holds_up_id"):
        setattr(item, name, getattr(wish, name))
    ask_with(item, wish.questionnaire_version_id)
    planned = {name: item.spec[name] for name in (*STATEMENT, *KEPT) if name in item.spec}  # what a template or a change says is no wish
    item.spec = planned | dict(wish.spec)


@action
def remove_draft(item: Item, *, by: Viewer) -> None:
    """Throw a draft away; what was ever sent stays and can only be waived. What waited for it waits for it no longer."""
    require(may.run_clients(by))
    if not item.is_draft:
        raise Refused(N_("This was sent already. You can waive it, so that it waits for nobody."))
    record(Kind.ITEM_REMOVED, item, by=by, detail={"title": item.text("title")})
    stale(item)
    opening.let_go(item.id)
    let_go_of(item_id=item.id)
    for table in (ItemPerson, Turn):
        db.session.execute(delete(table).where(table.item_id == item.id))
    db.session.delete(item)


@action
def send_drafts(project_id: UUID, *, by: Viewer, only: UUID | None = None) -> int:
    """Put drafts on the client's list, all or one; lets the project run and invites whoever has to know. Returns how many went out."""
    require(may.run_clients(by))
    project, items = with_items(project_id)
    drafts = [item for item in items if item.state is ItemState.DRAFT and only in (None, item.id)]
    contacts = inviting.contacts_of(project.client_id)
    _check_sendable(project, drafts, sendable=bool(contacts))
    if project.state is ProjectState.DRAFT:
        project.activate()
        ours = sum(item.kind.is_decision for item in drafts)  # these the client sees once we have presented something
        record(Kind.PROJECT_SENT, project, by=by, items=len(drafts) - ours, ours=ours)
    for contact in inviting.concerned(drafts, contacts):
        inviting.welcome(contact, by=by, project_id=project.id)
    closed = opening.unmet(drafts)
    for item in drafts:
        life.send(item, closed=item.id in closed, by=by)
    return len(drafts)


def staff(person_id: UUID) -> Person:
    """A member of the firm who can lead work; refuses anybody else in words."""
    person = db.session.get(Person, person_id)
    if person is None or not person.is_staff or person.disabled_at:
        raise Refused(N_("Choose somebody who works here."), field="lead", status=422)
    return person


def check_days(stage: Stage) -> None:
    """Refuse a milestone that ends before it starts."""
    if stage.starts_on and stage.ends_on and stage.ends_on < stage.starts_on:
        raise Refused(N_("The end lies before the start. Choose a later day."), field="ends_on", status=422)


def out_of_order(rows: Sequence[Stage | Milestone]) -> dict[int, int]:
    """Which rows begin (or at the latest end) before one that stands above them begins: the row's place and that one's place."""
    found: dict[int, int] = {}
    for n, row in enumerate(rows):
        begins = row.starts_on or row.ends_on
        above = (i for i, other in enumerate(rows[:n]) if begins and other.starts_on and begins < other.starts_on)
        first = next(above, None)
        if first is not None:
            found[n] = first
    return found


def check_order(stages: Sequence[Stage]) -> None:
    """Refuse a plan whose milestones begin in another order than they stand in."""
    for n, above in out_of_order(stages).items():
        sentence = N_("“%(name)s” begins before “%(above)s”, which stands above it. Change a date or the order.")
        raise Refused(sentence, field="stages", status=422, name=stages[n].name, above=stages[above].name)


def name_people(item: Item, people: tuple[UUID, ...], *, by: Viewer) -> None:
    """Let only these contacts do (or decide) an item; nobody named means everybody whose role allows."""
    part = Part.DECIDE if item.kind.is_decision else Part.DO
    known = {
        row.person_id: row for row in db.session.scalars(select(ItemPerson).where(ItemPerson.item_id == item.id, ItemPerson.part == part))
    }
    for person_id, row in known.items():
        row.position = people.index(person_id) if person_id in people else row.position
        row.ended_at = None if person_id in people else row.ended_at or now()
    _name_people(item, people, by=by, known=known)


def swap(rows: list[Item] | list[Milestone], at: int, way: str) -> None:
    """Number the rows anew with one of them moved by one place; at the end of the list nothing happens."""
    to = at + (-1 if way == "up" else 1)
    order = list(range(len(rows)))
    if 0 <= to < len(rows):
        order[at], order[to] = order[to], order[at]
    for position, n in enumerate(order, start=1):
        rows[n].position = position


def _name_people(item: Item, people: tuple[UUID, ...], *, by: Viewer, known: Collection[UUID] = ()) -> None:
    speakers = {contact.person_id for contact in inviting.contacts_of(item.client_id)} if people else set()
    part = Part.DECIDE if item.kind.is_decision else Part.DO
    for n, person_id in enumerate(people):
        if person_id in known:
            continue
        if person_id not in speakers:
            raise Refused(N_("This person does not speak for the client any more. Please look again."), field="people", status=422)
        db.session.add(
            ItemPerson(
                id=uuid4(), client_id=item.client_id, item_id=item.id, person_id=person_id, part=part, position=n, asked_by=by.person_id
            )
        )
    db.session.flush()


def _check_sendable(project: Project, drafts: list[Item], *, sendable: bool) -> None:
    if project.state not in (ProjectState.DRAFT, ProjectState.ACTIVE):
        raise Refused(N_("This project is paused. Resume it first, then send."))
    if db.session.get_one(Client, project.client_id).archived_at:
        raise Refused(N_("This client is archived. Restore it first."))
    if not drafts:
        raise Refused(N_("There is nothing to send: no item is a draft any more."))
    if not sendable:
        raise Refused(N_("Nobody speaks for this client yet. Add a contact person first."))


def _language(client_id: UUID) -> str:
    return db.session.get_one(Client, client_id).language


def rest(items: Iterable[Item], *, running: bool) -> None:
    """Let what is open wait for whoever it waits for, or for nobody while the work rests."""
    for item in items:
        if WAITS_FOR[item.state] is not WaitingOn.NOBODY:
            item.rest(running, at=now())
