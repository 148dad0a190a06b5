"""Whose dates an address shows, and which dates these are, in a fixed number of reads."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from portal.kernel.db import db
from portal.kernel.viewer import Viewer
from portal.kinds import reading
from portal.models.calls import Call
from portal.models.clients import Client
from portal.models.item_states import WaitingOn
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Milestone, Project, ProjectState

MOST = 500


@dataclass(frozen=True)
class Dates:
    """What a calendar shows: items somebody is to send by a day, planned stages, and calls with a time."""

    projects: dict[UUID, Project]
    clients: dict[UUID, Client]
    items: list[Item]
    milestones: list[Milestone]
    calls: list[Call]
    people: dict[UUID, Person]


def owner(feed_id: UUID | None) -> Person | None:
    """Whose calendar it is, while they have access."""
    mine = (Person.feed_id == feed_id, Person.disabled_at.is_(None))
    return db.session.scalar(select(Person).where(*mine)) if feed_id else None


def dates_of(viewer: Viewer) -> Dates:
    """The viewer's dates: of a contact all that waits for them, of staff the projects they lead."""
    led = (Project.lead_id == viewer.person_id,) if viewer.is_staff else ()
    query = select(Project, Client).join(Client, Client.id == Project.client_id)
    rows = db.session.execute(query.where(Project.state == ProjectState.ACTIVE, Client.archived_at.is_(None), *led)).all()
    projects, clients = {row[0].id: row[0] for row in rows}, {row[1].id: row[1] for row in rows}
    mine = Call.staff_id == viewer.person_id if viewer.is_staff else Call.person_id == viewer.person_id
    calls = list(db.session.scalars(select(Call).where(mine, Call.starts_at.is_not(None), Call.ended_at.is_(None)).limit(MOST)))
    ids = sorted({person for call in calls for person in (call.person_id, call.staff_id) if person})
    people = {one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(ids)))} if ids else {}
    return Dates(projects, clients, _items(viewer, list(projects)), _milestones(viewer, list(projects)), calls, people)


def _items(viewer: Viewer, project_ids: list[UUID]) -> list[Item]:
    if viewer.is_client:
        return [item for item in reading.waiting_for(viewer) if item.expected_on]
    has_day = or_(Item.promised_on.is_not(None), Item.due_on.is_not(None))
    waiting = (Item.project_id.in_(project_ids), Item.waiting_on == WaitingOn.CLIENT, has_day)
    return list(db.session.scalars(select(Item).where(*waiting).order_by(Item.due_on, Item.id).limit(MOST))) if project_ids else []


def _milestones(viewer: Viewer, project_ids: list[UUID]) -> list[Milestone]:
    """Planned stages; guests are told of none."""
    told = [one for one in project_ids if viewer.is_staff or one not in _as_guest(viewer, project_ids)]
    query = select(Milestone).where(Milestone.project_id.in_(told), Milestone.starts_on.is_not(None))
    return list(db.session.scalars(query.order_by(Milestone.starts_on, Milestone.id).limit(MOST))) if told else []


def _as_guest(viewer: Viewer, project_ids: list[UUID]) -> set[UUID]:
    guest_of = viewer.guest_of
    if not guest_of:
        return set()
    mine = select(Project.id).where(Project.id.in_(project_ids), Project.client_id.in_(guest_of))
    return set(db.session.scalars(mine))
