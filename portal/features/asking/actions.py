"""Writes about asking: writing a thing down, changing it, ordering it, throwing a draft away."""

from __future__ import annotations

from uuid import UUID

from portal.kernel.action import action
from portal.kernel.policy import require
from portal.kernel.record import Kind, record
from portal.kernel.viewer import Viewer
from portal.kinds import reading
from portal.kinds.plans import planning
from portal.models import may
from portal.models.items import Item, Part, stale


@action
def ask(project_id: UUID, wish: planning.Ask, *, send: bool, by: Viewer) -> Item:
    """Write down a thing to ask for, and send it at once if wanted."""
    project, _items = planning.with_items(project_id)
    item = planning.ask(project, wish, by=by)
    if send:
        planning.send_drafts(project_id, by=by, only=item.id)
    return item


@action
def change_item(item: Item, wish: planning.Ask, *, by: Viewer) -> None:
    """Change what is asked; what the client already reads changes too, and the record keeps that it did."""
    require(may.run_clients(by))
    before = {"title": item.text("title"), "why": item.text("why"), "help": item.text("help"), "due_on": str(item.due_on or "")}
    others = item.kind.is_decision and set(reading.people_of(item.id, Part.DECIDE)) != set(wish.people)
    planning.fill(item, wish)
    planning.name_people(item, wish.people, by=by)
    item.rev += 1
    stale(item)
    detail = {"title": wish.title.strip(), "before": before}
    record(Kind.ITEM_CHANGED, item, by=by, due_on=wish.due_on, rev=item.rev, others=others, detail=detail)


@action
def move_item(project_id: UUID, item_id: UUID, way: str, *, by: Viewer) -> None:
    """Move an item one place up or down on the list."""
    require(may.run_clients(by))
    _project, items = planning.with_items(project_id)
    planning.swap(items, [item.id for item in items].index(item_id), way)
