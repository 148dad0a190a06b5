"""What the morning letter tells a member of the firm of the clients they count among theirs, in a fixed number of reads."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select

from portal.features.nudges import queries as nudges
from portal.kernel.clock import Calendar
from portal.kernel.db import db
from portal.kernel.outbox import Lane as Urgency
from portal.kernel.outbox import Outbox, Stand
from portal.kernel.record import Event, Kind
from portal.kinds.reminders.mornings import since
from portal.kinds.reminders.outlook import Ahead, ahead_in
from portal.models.board import open_items_first
from portal.models.clients import Client, StaffClient
from portal.models.item_states import WITH_CLIENT, ItemState, WaitingOn
from portal.models.items import Item
from portal.models.people import Person, the_firm
from portal.models.projects import Lane, Milestone, Project, ProjectState

MOST = 5
CAME = (*nudges.ANSWERS, Kind.MESSAGE_SENT)
Known = dict[UUID, tuple[Project, Client]]


@dataclass(frozen=True)
class Row:
    """One line of the letter, about one project or client; which of the rest is there depends on the part it stands in."""

    client: Client
    project: Project | None = None
    item: Item | None = None
    held: Milestone | None = None
    touch: nudges.Touch | None = None
    call: bool = False
    count: int = 0
    day: date | None = None
    came: Counter[str] = field(default_factory=Counter)
    ahead: tuple[Ahead, ...] = ()
    person: Person | None = None


@dataclass(frozen=True)
class Morning:
    """The parts of the letter; `more` counts what did not fit, by part."""

    parts: dict[str, list[Row]]
    review: int
    waiting: int

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        return not any(self.parts.values())


def morning_of(person: Person, at: datetime) -> Morning:
    """Everything this letter would say now."""
    known, firm = _mine(person), the_firm().calendar
    waiting = [project for project, _ in known.values() if project.lane is Lane.CLIENTS]
    if not known:
        return Morning({}, 0, 0)
    people = nudges.speakers({client.id for _, client in known.values()})
    touches = nudges.touches(waiting, people) if waiting else {}
    review = _to_review(known)
    parts = {
        "slips": _slips(known, people, touches, firm.day_of(at)),
        "review": review,
        "came": _came(known, since(person, firm, at)),
        "goes": _goes(known, [project.id for project in waiting], person, firm, at),
        "lost": [*_bounced(known, people), *_parked(known)],
        "silent": _silent(known, touches, people),
    }
    return Morning(parts, sum(row.count for row in review), len(waiting))


def _mine(person: Person) -> Known:
    counted = select(StaffClient.client_id).where(StaffClient.person_id == person.id)
    mine = or_(Project.lead_id == person.id, Client.lead_id == person.id, Client.id.in_(counted))
    query = select(Project, Client).join(Client, Client.id == Project.client_id)
    running = query.where(Project.state == ProjectState.ACTIVE, Client.archived_at.is_(None), mine)
    return {row[0].id: (row[0], row[1]) for row in db.session.execute(running.order_by(Client.sort_key, Project.id))}


def _slips(known: Known, people: dict[UUID, list[nudges.Speaker]], touches: dict[UUID, nudges.Touch], today: date) -> list[Row]:
    """What holds up a date that moves if nothing comes today: the first thing of each project, the earliest date first."""
    late = (Item.project_id.in_(sorted(known)), Item.state.in_(WITH_CLIENT), Item.required, Item.slips_on <= today)
    first: dict[UUID, Item] = {}
    for item in db.session.scalars(select(Item).where(*late).order_by(*open_items_first())):
        first.setdefault(item.project_id, item)
    held = {item.holds_up_id for item in first.values() if item.holds_up_id}
    stages = {one.id: one for one in db.session.scalars(select(Milestone).where(Milestone.id.in_(sorted(held))))} if held else {}
    rows = []
    for project_id, item in first.items():
        project, client = known[project_id]
        bounced, touch = _lost(people.get(client.id, ())) is not None, touches.get(project_id)
        stage = stages.get(item.holds_up_id) if item.holds_up_id else None
        rows.append(Row(client, project, item=item, held=stage, touch=touch, call=nudges.should_call(touch, bounced=bounced)))
    return rows


def _to_review(known: Known) -> list[Row]:
    """What waits for a look, by project, the oldest first."""
    oldest = func.min(Item.waiting_since)
    sent = (Item.project_id.in_(sorted(known)), Item.state == ItemState.SENT, Item.waiting_on == WaitingOn.FIRM)
    rows = []
    for own, count, at in db.session.execute(
        select(Item.project_id, func.count(), oldest).where(*sent).group_by(Item.project_id).order_by(oldest)
    ):
        project, client = known[own]
        rows.append(Row(client, project, count=count, day=client.calendar.day_of(at) if at else None))
    return rows


def _came(known: Known, at: datetime) -> list[Row]:
    """What contacts did since the letter before."""
    kinds = [kind.value for kind in CAME]
    query = select(Event.project_id, Event.kind, func.count()).join(Person, Person.id == Event.actor_id)
    theirs = (Event.project_id.in_(sorted(known)), Event.kind.in_(kinds), Event.at > at, Person.staff_role.is_(None))
    found: dict[UUID, Counter[str]] = defaultdict(Counter)
    for project_id, kind, count in db.session.execute(query.where(*theirs).group_by(Event.project_id, Event.kind)):
        if project_id:
            found[project_id][kind] += count
    return [Row(client, project, came=found[own]) for own, (project, client) in known.items() if own in found]


def _goes(known: Known, ids: list[UUID], person: Person, firm: Calendar, at: datetime) -> list[Row]:
    """What goes out by itself before the next letter could tell of it: until tomorrow at this hour."""
    until = at + timedelta(days=1)
    found = {own: tuple(one for one in coming if one.one.at < until) for own, coming in ahead_in(ids).items()}
    return [Row(known[own][1], known[own][0], ahead=those) for own, those in sorted(found.items(), key=lambda one: _first(one[1])) if those]


def _first(those: tuple[Ahead, ...]) -> str:
    return those[0].one.at.isoformat() if those else ""


def _bounced(known: Known, people: dict[UUID, list[nudges.Speaker]]) -> list[Row]:
    """Contacts whose mail comes back."""
    rows = []
    for client in {client.id: client for _, client in known.values()}.values():
        lost = _lost(people.get(client.id, ()))
        project = next(project for project, owner in known.values() if owner.id == client.id)
        rows += [Row(client, project, person=lost, call=True)] if lost else []
    return rows


def _parked(known: Known) -> list[Row]:
    """Mail that could not be delivered and waits for somebody to look, by client."""
    clients = {client.id: client for _, client in known.values()}
    stuck = (Outbox.client_id.in_(sorted(clients)), Outbox.state == Stand.PARKED, Outbox.lane != Urgency.WORK)
    query = select(Outbox.client_id, func.count()).where(*stuck).group_by(Outbox.client_id)
    return [Row(clients[own], count=count) for own, count in db.session.execute(query) if own]


def _silent(known: Known, touches: dict[UUID, nudges.Touch], people: dict[UUID, list[nudges.Speaker]]) -> list[Row]:
    """Where mail arrives and nobody opens it: two or more in a row."""
    unread = {own: touch for own, touch in touches.items() if touch.unanswered >= 2 and not touch.opened and not touch.by_call}
    rows = (Row(known[own][1], known[own][0], touch=touch, call=True) for own, touch in unread.items())
    return [row for row in rows if _lost(people.get(row.client.id, ())) is None]


def _lost(those: Iterable[nudges.Speaker]) -> Person | None:
    return next((one.person for one in those if one.acts and one.person.mail_bounced_at), None)
