"""Reads about items: the client's list, who may do one, and the counts both sides read."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, select

from portal.kernel.db import db
from portal.kernel.viewer import Role, Viewer
from portal.models.deliveries import Delivery, HandOver
from portal.models.item_states import SENT_OR_DONE, ItemState, WaitingOn
from portal.models.items import Item, ItemPerson, Part
from portal.models.people import Person, the_firm
from portal.models.projects import Project, ProjectState


@dataclass(frozen=True)
class Progress:
    """How far a project's list is: the client reads sent of total, staff accepted of total."""

    total: int
    sent: int
    accepted: int


def progress(project_id: UUID) -> Progress:
    """Both counts from one query; drafts and waived items do not count."""
    counted = Item.state.not_in((ItemState.DRAFT, ItemState.WAIVED))

    def number(of: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((of, 1), else_=0)), 0)

    counts = (number(counted), number(Item.state.in_(SENT_OR_DONE)), number(Item.state == ItemState.ACCEPTED))
    total, sent, accepted = db.session.execute(select(*counts).select_from(Item).where(Item.project_id == project_id)).one()
    return Progress(int(total), int(sent), int(accepted))


def items_of(project_id: UUID) -> list[Item]:
    """All items of a project the viewer may see, in the firm's order."""
    return list(db.session.scalars(select(Item).where(Item.project_id == project_id).order_by(Item.position, Item.id)))


def people_of(item_id: UUID, part: Part) -> list[UUID]:
    """The people named for a part on an item; empty means everybody whose role allows."""
    named = (ItemPerson.item_id == item_id, ItemPerson.part == part, ItemPerson.ended_at.is_(None))
    return list(db.session.scalars(select(ItemPerson.person_id).where(*named)))


def hand_over(item_id: UUID, round_: int) -> HandOver | None:
    """What was handed over for an item in one round."""
    return db.session.scalar(select(HandOver).where(HandOver.item_id == item_id, HandOver.round == round_))


def latest_hand_over(item_id: UUID) -> HandOver | None:
    """What was handed over last and not taken back."""
    query = select(HandOver).where(HandOver.item_id == item_id, HandOver.taken_back_at.is_(None))
    return db.session.scalar(query.order_by(HandOver.round.desc()).limit(1))


def delivery(delivery_id: UUID) -> Delivery | None:
    """One delivery."""
    return db.session.scalar(select(Delivery).where(Delivery.id == delivery_id))


def person(person_id: UUID | None) -> Person | None:
    """A person by id."""
    return db.session.get(Person, person_id) if person_id else None


def waiting_for(viewer: Viewer, project_id: UUID | None = None) -> list[Item]:
    """What waits for this person, in one or all of their projects: decisions, things sent back, things begun, then the rest by date."""
    query = select(Item).join(Project, and_(Project.client_id == Item.client_id, Project.id == Item.project_id))
    query = query.where(Item.waiting_on == WaitingOn.CLIENT, Project.state == ProjectState.ACTIVE)
    if project_id:
        query = query.where(Item.project_id == project_id)
    return for_person(viewer, list(db.session.scalars(query)))


def for_person(viewer: Viewer, items: list[Item]) -> list[Item]:
    """Those of these items that this person can do: decisions, things sent back, things begun, then the rest by date."""
    named = _named_parts([item.id for item in items])
    return sorted((item for item in items if _is_for(viewer, item, named)), key=_urgency)


def next_for(viewer: Viewer, project_id: UUID) -> list[Item]:
    """What waits for this person next, this project first."""
    return sorted(waiting_for(viewer), key=lambda item: item.project_id != project_id)


def checked_by(item: Item) -> tuple[Person | None, date | None]:
    """Who looks at a delivery, and by which of the firm's working days."""
    lead = db.session.scalar(select(Person).join(Project, Project.lead_id == Person.id).where(Project.id == item.project_id))
    firm = the_firm()
    if firm is None or item.state is not ItemState.SENT:
        return lead, None
    return lead, firm.calendar.shift(firm.calendar.day_of(item.state_since), max(item.lead_days, 1))


def _named_parts(item_ids: list[UUID]) -> dict[UUID, dict[UUID, Part]]:
    named: dict[UUID, dict[UUID, Part]] = defaultdict(dict)
    if item_ids:
        for row in db.session.scalars(select(ItemPerson).where(ItemPerson.item_id.in_(item_ids), ItemPerson.ended_at.is_(None))):
            named[row.item_id][row.person_id] = row.part
    return named


def _is_for(viewer: Viewer, item: Item, named: dict[UUID, dict[UUID, Part]]) -> bool:
    people = named.get(item.id, {})
    if people:
        return viewer.person_id in people
    role = viewer.role_for(item.client_id)
    return role is Role.DECIDE or (role is Role.CONTRIBUTE and not item.kind.is_decision)


def _urgency(item: Item) -> tuple[int, date, int, str]:
    rank = 0 if item.kind.is_decision else {ItemState.RETURNED: 1, ItemState.STARTED: 2}.get(item.state, 3)
    return rank, item.due_on or date.max, item.position, str(item.id)


def to_review() -> int:
    """How many things the firm has to look at: deliveries with something unjudged, and items the client does not have."""
    waits = (HandOver.verdict.is_(None), HandOver.taken_back_at.is_(None))
    live = and_(Project.client_id == Item.client_id, Project.id == Item.project_id, Project.state != ProjectState.ARCHIVED)
    unjudged = select(func.count(HandOver.delivery_id.distinct())).join(Item, Item.id == HandOver.item_id).join(Project, live)
    missing = select(func.count(Item.id)).join(Project, live).where(Item.state == ItemState.NOT_AVAILABLE)
    counts = select(unjudged.where(*waits).scalar_subquery(), missing.scalar_subquery())
    return sum(int(count or 0) for count in db.session.execute(counts).one())
