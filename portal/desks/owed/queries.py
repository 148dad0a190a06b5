"""Reads for "Who owes what": the lanes from the kept projection, and one page of rows with all they show in a fixed number of reads."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, String, and_, cast, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from portal.features.nudges import queries as nudges
from portal.kernel.db import db
from portal.kinds.calls.standing import how_many
from portal.kinds.closing.standing import anybody_due
from portal.kinds.ground.desk import all_to_check
from portal.kinds.reminders.outlook import Ahead, next_of
from portal.kinds.reminders.schedules import Schedules, schedules
from portal.models.board import open_items_first
from portal.models.clients import Client, Membership, StaffClient, sort_key
from portal.models.item_states import WITH_CLIENT, ItemState, WaitingOn
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Lane, Milestone, Project, ProjectState

PAGE = 25
WAITS: dict[Lane, WaitingOn] = {Lane.CLIENTS: WaitingOn.CLIENT, Lane.US: WaitingOn.FIRM}


@dataclass(frozen=True)
class Asked:
    """What somebody filters the list by."""

    lane: Lane = Lane.CLIENTS
    text: str = ""
    mine: UUID | None = None
    this_week: bool = False
    page: int = 1

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the lane narrows the list."""
        return bool(self.text or self.mine or self.this_week)


@dataclass(frozen=True)
class Lanes:
    """How many projects stand in each lane, and one telling number for each."""

    clients: int
    us: int
    nothing: int
    would_slip: int
    to_present: int
    next_date: date | None
    again: int
    to_check: int
    calls: int

    @property
    def total(self) -> int:
        """All running projects."""
        return self.clients + self.us + self.nothing


@dataclass(frozen=True)
class Row:
    """One project on the board."""

    project: Project
    client: Client
    contact: Person | None
    items: list[Item]
    due: date | None
    days_late: int
    days_left: int
    held: Milestone | None
    held_on: date | None
    held_in: int
    touch: nudges.Touch | None
    way: nudges.OnItsWay | None
    bounced: Person | None
    ahead: Ahead | None

    @property
    def call(self) -> bool:
        """Whether a call is the better next step."""
        return nudges.should_call(self.touch, bounced=self.bounced is not None)


def lanes(today: date) -> Lanes:
    """The three numbers above the list and whether somebody waits to hear from us again, in one read."""
    running = Project.state == ProjectState.ACTIVE
    per_lane = [func.count().filter(Project.lane == lane) for lane in (Lane.CLIENTS, Lane.US, Lane.NOTHING)]
    more = (_would_slip(today), _to_present(), _next_date(today), anybody_due(today), all_to_check(), how_many())
    found = db.session.execute(select(*per_lane, *more).select_from(Project).where(running)).one()
    clients, us, nothing, would_slip, to_present, next_date, *others = tuple(found)
    return Lanes(clients, us, nothing, would_slip, to_present, next_date, *others)


def rows(asked: Asked, today: date) -> tuple[list[Row], bool]:
    """One page of the list, sorted by what would slip first, and whether more follow."""
    found = [(row[0], row[1]) for row in db.session.execute(_page(asked, today))]
    more, found = len(found) > PAGE, found[:PAGE]
    projects = [project for project, _ in found]
    ids = [project.id for project in projects]
    people = nudges.speakers({project.client_id for project in projects})
    items, milestones = _items(ids), _milestones(ids)
    known = schedules() if asked.lane is Lane.CLIENTS else {}
    touches, ways = nudges.touches(projects, people), nudges.on_their_way(ids)
    shown = [
        _row(
            project,
            client,
            [item for item in items[project.id] if item.waiting_on is WAITS.get(asked.lane)],
            milestones[project.id],
            people.get(client.id, []),
            touch=touches.get(project.id),
            way=ways.get(project.id),
            known=known,
        )
        for project, client in found
    ]
    return sorted(shown, key=lambda row: (row.project.slips_on or date.max, row.due or date.max)), more


def _row(
    project: Project,
    client: Client,
    items: list[Item],
    milestones: list[Milestone],
    people: list[nudges.Speaker],
    *,
    touch: nudges.Touch | None,
    way: nudges.OnItsWay | None,
    known: Schedules,
) -> Row:
    today = client.calendar.today()
    due = min((day for day in (item.expected_on for item in items) if day), default=None)
    held = _held(items, milestones, today)
    acting = [one.person for one in people if one.acts]
    return Row(
        project=project,
        client=client,
        contact=acting[0] if acting else people[0].person if people else None,
        items=items,
        due=due,
        days_late=client.calendar.days_late(due),
        days_left=(due - today).days if due else 0,
        held=held,
        held_on=held.starts_on if held else None,
        held_in=(held.starts_on - today).days if held and held.starts_on else 0,
        touch=touch,
        way=way,
        bounced=next((person for person in acting if person.mail_bounced_at), None),
        ahead=next_of(project, client, items, acting, known, asked=touch.at if touch and touch.is_nudge else None) if known else None,
    )


def _held(items: list[Item], milestones: list[Milestone], today: date) -> Milestone | None:
    """The first milestone that open items hold up; where nothing is open, the next one planned."""
    if items:
        holding = {item.holds_up_id for item in items}
        mine = [one for one in milestones if one.id in holding]
    else:
        mine = [one for one in milestones if one.starts_on and one.starts_on >= today]
    return min(mine, key=lambda one: (one.starts_on or date.max, one.position), default=None)


def _page(asked: Asked, today: date) -> Select[Project, Client]:
    query = select(Project, Client).join(Client, Client.id == Project.client_id)
    query = query.where(Project.state == ProjectState.ACTIVE, Project.lane == asked.lane, *_narrowed(asked, today))
    order = (Project.slips_on.asc().nulls_last(), Project.waiting_since.asc().nulls_last(), Client.sort_key, Project.id)
    return query.order_by(*order).limit(PAGE + 1).offset(PAGE * (asked.page - 1))


def _narrowed(asked: Asked, today: date) -> Iterable[ColumnElement[bool]]:
    if asked.mine:
        counted = select(StaffClient.client_id).where(StaffClient.person_id == asked.mine)
        yield or_(Project.lead_id == asked.mine, Client.lead_id == asked.mine, Client.id.in_(counted))
    if asked.this_week:
        sunday = today + timedelta(days=6 - today.weekday())
        yield _with_item(func.coalesce(Item.promised_on, Item.due_on) <= sunday)
    if asked.text:
        yield _matches(asked.text)


def _with_item(*such: ColumnElement[bool]) -> ColumnElement[bool]:
    mine = (Item.client_id == Project.client_id, Item.project_id == Project.id, Item.waiting_on != WaitingOn.NOBODY)
    return select(literal(1)).where(*mine, *such).exists()


def _matches(text: str) -> ColumnElement[bool]:
    """Whether the client, the project, one of the people or an open item carries the words."""
    spellings = {text, text.lower(), text.upper(), text.title()}
    name = or_(*(func.lower(Person.name).contains(each, autoescape=True) for each in spellings | {text.lower()}))
    mine = (Membership.client_id == Project.client_id, Membership.person_id == Person.id, Membership.ended_at.is_(None))
    said = func.lower(cast(Item.words, String))
    written = {form for each in spellings for form in (each.lower(), json.dumps(each)[1:-1].lower())}
    return or_(
        Client.sort_key.contains(sort_key(text), autoescape=True),
        *(func.lower(Project.name).contains(each, autoescape=True) for each in spellings | {text.lower()}),
        select(literal(1)).where(*mine, name).exists(),
        _with_item(or_(*(said.contains(each, autoescape=True) for each in written))),
    )


def _items(project_ids: list[UUID]) -> dict[UUID, list[Item]]:
    found: dict[UUID, list[Item]] = defaultdict(list)
    waits = (Item.project_id.in_(project_ids), Item.waiting_on != WaitingOn.NOBODY)
    for item in db.session.scalars(select(Item).where(*waits).order_by(*open_items_first())):
        found[item.project_id].append(item)
    return found


def _milestones(project_ids: list[UUID]) -> dict[UUID, list[Milestone]]:
    found: dict[UUID, list[Milestone]] = defaultdict(list)
    for one in db.session.scalars(select(Milestone).where(Milestone.project_id.in_(project_ids)).order_by(Milestone.position)):
        found[one.project_id].append(one)
    return found


def _to_present() -> ScalarSelect[int]:
    """How many decisions wait for us to present something."""
    preparing = (Item.state == ItemState.PREPARING, Item.waiting_on == WaitingOn.FIRM)
    return select(func.count()).select_from(Item).where(*preparing).scalar_subquery()


def _would_slip(today: date) -> ScalarSelect[int]:
    """How many projects miss a planned date if nothing comes today."""
    other = aliased(Project)
    late = (other.state == ProjectState.ACTIVE, other.lane == Lane.CLIENTS, other.slips_on <= today)
    slips = (
        Item.project_id == other.id,
        Item.state.in_(WITH_CLIENT),
        Item.required,
        Item.slips_on <= today,
    )
    return select(func.count()).select_from(other).where(*late, exists().where(*slips)).scalar_subquery()


def _next_date(today: date) -> ScalarSelect[date | None]:
    """The next planned date of the projects in which nothing is open."""
    other = aliased(Project)
    calm = (other.state == ProjectState.ACTIVE, other.lane == Lane.NOTHING)
    mine = and_(other.client_id == Milestone.client_id, other.id == Milestone.project_id)
    ahead = Milestone.starts_on >= today
    return select(func.min(Milestone.starts_on)).join_from(other, Milestone, mine).where(*calm, ahead).scalar_subquery()
