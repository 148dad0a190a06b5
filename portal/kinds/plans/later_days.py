"""Days that are known only once something has happened: set in the commit in which it does, and never changed by us again."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select

from portal.kernel.clock import Calendar
from portal.kernel.db import db
from portal.kernel.record import Kind, record
from portal.kernel.viewer import SYSTEM
from portal.models.clients import Client
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.projects import Milestone, Project
from portal.models.template.dating import counted
from portal.models.templates import LaterDay

DONE = frozenset({ItemState.ACCEPTED, ItemState.WAIVED})


def settle(project: Project) -> None:
    """Set every day of a project that can be counted now; one that somebody wrote down meanwhile stays as they wrote it."""
    mine = (LaterDay.project_id == project.id, LaterDay.set_on.is_(None))
    waiting = list(db.session.scalars(select(LaterDay).where(*mine)))
    if not waiting:
        return
    calendar = db.session.get_one(Client, project.client_id).calendar
    items = _items({id for row in waiting for id in (row.item_id, row.after_item_id) if id})
    milestones = _milestones(project.id)
    moved = True
    while moved:
        moved = False
        for row in (row for row in waiting if row.set_on is None and not _is_over(row, items)):
            since = _since(row, items, milestones, calendar)
            if since:
                _set(row, counted(since, row.days, calendar), items, milestones)
                moved = True


def _is_over(row: LaterDay, items: dict[UUID, Item]) -> bool:
    """Whether nothing has to happen any more by that day; should the thing be asked for again, it is counted then."""
    thing = items.get(row.item_id) if row.item_id else None
    return thing is not None and thing.state in DONE


def _since(row: LaterDay, items: dict[UUID, Item], milestones: dict[UUID, Milestone], calendar: Calendar) -> date | None:
    if row.after_milestone_id:
        return milestones[row.after_milestone_id].ends_on
    other = items.get(row.after_item_id) if row.after_item_id else None
    return calendar.day_of(other.state_since) if other and other.state in DONE else None


def _set(row: LaterDay, day: date, items: dict[UUID, Item], milestones: dict[UUID, Milestone]) -> None:
    thing = items[row.item_id] if row.item_id else milestones[row.milestone_id] if row.milestone_id else None
    if thing is None:
        return
    row.set_on = getattr(thing, row.which) or day
    if getattr(thing, row.which) is None:
        setattr(thing, row.which, day)
        kind = Kind.DAY_SET if row.item_id else Kind.MILESTONES_CHANGED
        record(kind, thing, by=SYSTEM, which=row.which, day=day)


def _items(ids: set[UUID]) -> dict[UUID, Item]:
    return {item.id: item for item in db.session.scalars(select(Item).where(Item.id.in_(sorted(ids))))} if ids else {}


def _milestones(project_id: UUID) -> dict[UUID, Milestone]:
    return {one.id: one for one in db.session.scalars(select(Milestone).where(Milestone.project_id == project_id))}
