"""Reads about items: the client's list, who may do one, and the counts both sides read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select

from portal.kernel.clock import Calendar
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Role, Viewer
from portal.kinds.approvals.seats import closed_seats, stands_in
from portal.models import may
from portal.models.clients import Client
from portal.models.deliveries import Delivery, HandOver
from portal.models.item_states import SENT_OR_DONE, ItemState, WaitingOn
from portal.models.items import Item, ItemPerson, Part
from portal.models.people import Person, the_firm
from portal.models.projects import Milestone, Project, ProjectState
from portal.models.snags import Snag

CLOSED = N_("This project is closed, and nothing was changed. If you need something, write or call us.")


@dataclass(frozen=True)
class Progress:
    """How far a project's list is: the client reads sent of total, staff accepted of total."""

    total: int
    sent: int
    accepted: int


def progress(items: Iterable[Item]) -> Progress:
    """Both counts from one list; drafts and waived items do not count."""
    counted = [item.state for item in items if item.state not in (ItemState.DRAFT, ItemState.WAIVED)]
    return Progress(len(counted), sum(state in SENT_OR_DONE for state in counted), counted.count(ItemState.ACCEPTED))


def items_of(project_id: UUID) -> list[Item]:
    """All items of a project the viewer may see, in the firm's order."""
    return list(db.session.scalars(select(Item).where(Item.project_id == project_id).order_by(Item.position, Item.id)))


def client_language(item: Item) -> str:
    """The language of the client an item is for: the next best where the reader's has no words."""
    return db.session.get_one(Client, item.client_id).language


def people_of(item_id: UUID, part: Part) -> list[UUID]:
    """The people named for a part on an item; empty means everybody whose role allows."""
    named = (ItemPerson.item_id == item_id, ItemPerson.part == part, ItemPerson.ended_at.is_(None))
    return list(db.session.scalars(select(ItemPerson.person_id).where(*named)))


# How the project of an item stands and who is named to do the item, in one statement; features may read more along with it.
WORK = (
    select(Project.state, ItemPerson.person_id)
    .select_from(Project)
    .outerjoin(ItemPerson, and_(ItemPerson.item_id == bindparam("item"), ItemPerson.part == Part.DO, ItemPerson.ended_at.is_(None)))
    .where(Project.id == bindparam("project"))
)


@dataclass(frozen=True)
class Work:
    """What decides beside an item whether it can be worked on now: how its project stands, and who is named to do it."""

    project: ProjectState | None
    doers: Collection[UUID]


def work_on(item: Item) -> Work:
    """What decides now whether an item can be worked on."""
    return work_in(db.session.execute(WORK, {"item": item.id, "project": item.project_id}).all())


def work_in(rows: Sequence[Any]) -> Work:
    """The same from the rows of `WORK`."""
    return Work(rows[0][0] if rows else None, [row[1] for row in rows if row[1]])


def need_worker(item: Item, *, by: Viewer) -> None:
    """Refuse whoever may not upload, answer and hand over here, and everybody while the project does not run."""
    work = work_on(item)
    require(may.work_on_item(by, item, work.doers))
    need_active(work.project)


def need_answerer(item: Item, keys: Collection[str], *, work: Work | None = None, by: Viewer) -> None:
    """Refuse whoever may not answer these questions, and everybody while the project does not run; `work` if that was read already."""
    work = work or work_on(item)
    require(_answers(by, item, keys, work.doers))
    need_active(work.project)


def can_work(viewer: Viewer, item: Item) -> bool:
    """Whether the viewer may upload, answer and hand over here."""
    return may.work_on_item(viewer, item, people_of(item.id, Part.DO))


def can_answer(viewer: Viewer, item: Item, keys: Collection[str]) -> bool:
    """Whether the viewer may answer these questions; without any, whether they may answer something."""
    return _answers(viewer, item, keys, people_of(item.id, Part.DO))


def _answers(viewer: Viewer, item: Item, keys: Collection[str], doers: Collection[UUID]) -> bool:
    return bool(keys or item.id in viewer.parts or may.work_on_item(viewer, item, doers)) and all(
        may.answer_question(viewer, item, key, doers) for key in keys
    )


def can_decide(viewer: Viewer, item: Item) -> bool:
    """Whether the viewer is one of those who decide here, or stands in for one of them today."""
    named = people_of(item.id, Part.DECIDE)
    if may.decide_item(viewer, item, named):
        return True
    absent = stands_in(viewer.person_id, [item.client_id]).get(item.client_id, []) if viewer.is_client else []
    return may.decide_item(viewer, item, in_place=any(is_for(who, role, item, named) for who, role in absent)) if absent else False


def need_running(item: Item) -> None:
    """Refuse to take anything from a client while the item's project does not run."""
    need_active(db.session.scalar(select(Project.state).where(Project.id == item.project_id)))


def need_open(project: Project) -> None:
    """Refuse to plan anything more in a project that is over."""
    if project.is_closed:
        raise Refused(CLOSED)


def need_active(state: ProjectState | None) -> None:
    """Refuse to take anything from a client while the project does not run."""
    if state is ProjectState.PAUSED:
        raise Refused(N_("This project is paused. Nothing is needed from you, and nothing was changed."))
    if state is not ProjectState.ACTIVE:
        raise Refused(CLOSED)


@dataclass(frozen=True)
class Resting:
    """A project that asks nothing now: who leads it, and whether it is closed or goes on one day."""

    lead: Person
    closed: bool


def is_late(item: Item) -> bool:
    """Whether the client wanted or was asked to have sent it by now, in the firm's working days."""
    return item.waiting_on is WaitingOn.CLIENT and bool(the_firm().calendar.days_late(item.expected_on))


def is_over(item: Item) -> bool:
    """Whether that day has gone by, though no working day may have passed since."""
    return bool(item.waiting_on is WaitingOn.CLIENT and item.expected_on and item.expected_on < the_firm().calendar.today())


def resting(item: Item) -> Resting | None:
    """That the item's project does not run, if so."""
    still = (Project.id == item.project_id, Project.state != ProjectState.ACTIVE)
    row = db.session.execute(select(Person, Project).join(Project, Project.lead_id == Person.id).where(*still)).first()
    return Resting(row[0], row[1].is_closed) if row else None


def named_on(item_ids: Collection[UUID]) -> Mapping[UUID, Collection[UUID]]:
    """The people named for these items, by item; those who only help with a part are not."""
    named: dict[UUID, set[UUID]] = defaultdict(set)
    living = (ItemPerson.item_id.in_(item_ids), ItemPerson.part != Part.HELP, ItemPerson.ended_at.is_(None))
    for item_id, person_id in db.session.execute(select(ItemPerson.item_id, ItemPerson.person_id).where(*living)) if item_ids else ():
        named[item_id].add(person_id)
    return named


def is_for(person_id: UUID | None, role: Role | None, item: Item, named: Collection[UUID]) -> bool:
    """Whether an item is this person's to do: one of the named people where there are any, else everybody whose role allows."""
    if named:
        return person_id in named
    return role is Role.DECIDE or (role is Role.CONTRIBUTE and not item.kind.is_decision)


def milestones_of(project_id: UUID) -> list[Milestone]:
    """The milestones of a project in order."""
    return list(db.session.scalars(select(Milestone).where(Milestone.project_id == project_id).order_by(Milestone.position, Milestone.id)))


def leads() -> list[Person]:
    """Everybody who can lead work, by name."""
    here = (Person.staff_role.is_not(None), Person.disabled_at.is_(None))
    return list(db.session.scalars(select(Person).where(*here).order_by(Person.name)))


def unjudged() -> ColumnElement[bool]:
    """Which hand-overs, joined with their items, wait for a verdict: those of the round that stands; a waived item's does not."""
    here = (HandOver.item_id == Item.id, HandOver.round == Item.round, Item.state == ItemState.SENT)
    return and_(*here, HandOver.verdict.is_(None), HandOver.taken_back_at.is_(None))


def look_by(item: Item, sent_at: datetime, calendar: Calendar) -> date:
    """The working day by which we look at what was sent then."""
    return calendar.shift(calendar.day_of(sent_at), max(item.lead_days, 1))


def hand_over(item_id: UUID, round_: int) -> HandOver | None:
    """What was handed over for an item in one round."""
    return db.session.scalar(select(HandOver).where(HandOver.item_id == item_id, HandOver.round == round_))


def latest_hand_over(item_id: UUID) -> HandOver | None:
    """What was handed over last and not taken back."""
    query = select(HandOver).where(HandOver.item_id == item_id, HandOver.taken_back_at.is_(None))
    return db.session.scalar(query.order_by(HandOver.round.desc()).limit(1))


def note_taken_back(item_id: UUID) -> str:
    """What was written beside the last hand-over, if that was taken back."""
    query = select(HandOver).where(HandOver.item_id == item_id).order_by(HandOver.at.desc(), HandOver.id).limit(1)
    last = db.session.scalar(query)
    return last.note if last and last.taken_back_at else ""


def delivery(delivery_id: UUID) -> Delivery | None:
    """One delivery."""
    return db.session.scalar(select(Delivery).where(Delivery.id == delivery_id))


def person(person_id: UUID | None) -> Person | None:
    """A person by id."""
    return db.session.get(Person, person_id) if person_id else None


def waiting_for(viewer: Viewer, project_id: UUID | None = None) -> list[Item]:
    """What waits for this person, in one or all of their projects: as `for_person` puts it."""
    query = select(Item).join(Project, and_(Project.client_id == Item.client_id, Project.id == Item.project_id))
    query = query.where(Item.waiting_on == WaitingOn.CLIENT, Project.state == ProjectState.ACTIVE)
    if project_id:
        query = query.where(Item.project_id == project_id)
    return for_person(viewer, list(db.session.scalars(query)))


def for_person(viewer: Viewer, items: list[Item]) -> list[Item]:
    """Those of these items that this person can do: decisions that hold up a date, things sent back or begun, the rest by date."""
    named = named_on([item.id for item in items])
    absent = stands_in(viewer.person_id, sorted({item.client_id for item in items if item.kind.is_decision}))
    closed = closed_seats(items)

    def is_theirs(item: Item) -> bool:
        them = [(viewer.person_id, viewer.role_for(item.client_id)), *(absent.get(item.client_id, ()) if item.kind.is_decision else ())]
        return any(who not in closed.get(item.id, ()) and is_for(who, role, item, named.get(item.id, ())) for who, role in them)

    return sorted(filter(is_theirs, items), key=_urgency)


def next_for(viewer: Viewer, project_id: UUID) -> list[Item]:
    """What waits for this person next, this project first."""
    return sorted(waiting_for(viewer), key=lambda item: item.project_id != project_id)


def checked_by(item: Item) -> tuple[Person | None, date | None]:
    """Who looks at a delivery, and by which of the firm's working days."""
    lead = db.session.scalar(select(Person).join(Project, Project.lead_id == Person.id).where(Project.id == item.project_id))
    return lead, look_by(item, item.state_since, the_firm().calendar) if item.state is ItemState.SENT else None


def _urgency(item: Item) -> tuple[int, date, int, str]:
    rank = 0 if item.kind.is_decision and item.holds_up_id else {ItemState.RETURNED: 1, ItemState.STARTED: 2}.get(item.state, 3)
    return rank, item.due_on or date.max, item.position, str(item.id)


def to_review() -> Select[int]:
    """How many items the firm has to look at: those that wait for a verdict, and those a client does not have or cannot go on with."""
    live = and_(Project.client_id == Item.client_id, Project.id == Item.project_id, Project.state != ProjectState.ARCHIVED)
    ours = or_(Item.state.in_((ItemState.SENT, ItemState.NOT_AVAILABLE)), hindered())
    return select(func.count(Item.id)).join(Project, live).where(ours)


def hindered() -> ColumnElement[bool]:
    """Where a client told us that something is in the way, and we have not answered."""
    told = exists().where(Snag.client_id == Item.client_id, Snag.item_id == Item.id, Snag.ended_at.is_(None))
    return and_(Item.stuck, told)
