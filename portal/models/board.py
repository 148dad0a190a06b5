"""The board's projection on the project row: whose move it is, since when, and what would slip. One writer: `refresh`."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import select

from portal.kernel.action import before_commit
from portal.kernel.db import acting_as, db
from portal.kernel.viewer import SYSTEM
from portal.models.item_states import WaitingOn
from portal.models.items import Item
from portal.models.people import the_firm
from portal.models.projects import Lane, Milestone, Project


@before_commit
def refresh_stale() -> None:
    """Work out the board again for every project this action touched, from all its items: a guest sees only some of them."""
    touched: set[UUID] = db.session().info.pop("stale_projects", set())
    with acting_as(SYSTEM):
        for project in db.session.scalars(select(Project).where(Project.id.in_(sorted(touched)))) if touched else ():
            refresh(project)


def refresh(project: Project) -> None:
    """Write the lane, the date that slips and the waiting time of one project from its items."""
    derived = derive(project)
    for name, value in derived.items():
        setattr(project, name, value)
    db.session.flush()


def derive(project: Project) -> dict[str, object]:
    """What the board's columns should say; `flask doctor` compares this with what they do say."""
    calendar = the_firm().calendar
    items = list(db.session.scalars(select(Item).where(Item.project_id == project.id)))
    holds_up = {m.id: m for m in db.session.scalars(select(Milestone).where(Milestone.project_id == project.id))}
    for item in items:
        held = holds_up.get(item.holds_up_id) if item.holds_up_id else None
        item.slips_on = calendar.shift(held.starts_on, -item.lead_days) if held and held.starts_on else None
    waiting = [i for i in items if i.waiting_on is WaitingOn.CLIENT and project.is_running]
    ours = [i for i in items if i.waiting_on is WaitingOn.FIRM and project.is_running]
    required = [i for i in waiting if i.required]
    lane = Lane.CLIENTS if required else Lane.US if ours else Lane.NOTHING
    shown = required if lane is Lane.CLIENTS else ours if lane is Lane.US else []
    return {
        "lane": lane,
        "slips_on": min((d for d in (_slip(i) for i in shown) if d), default=None),
        "waiting_since": min((i.waiting_since for i in shown if i.waiting_since), default=None),
        "waits_client": len(waiting),
        "waits_us": len(ours),
    }


def _slip(item: Item) -> date | None:
    return item.slips_on or item.due_on


def open_items_first() -> tuple[
    sa.UnaryExpression[date | None], sa.UnaryExpression[date | None], sa.UnaryExpression[datetime | None], sa.UnaryExpression[int]
]:
    """The order in which waiting items are shown: what slips first, then what is due first, then what waits longest."""
    return (Item.slips_on.asc().nulls_last(), Item.due_on.asc().nulls_last(), Item.waiting_since.asc().nulls_last(), Item.position.asc())
