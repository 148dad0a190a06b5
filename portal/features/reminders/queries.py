"""Reads about reminders for staff."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kinds.reminders.outlook import Ahead, ahead_in, went_in
from portal.models.items import Item
from portal.models.projects import Project


def page_of(project: Project) -> dict[str, object]:
    """What goes out in a project and what went out: letters by day and person, with the items they ask for."""
    coming = ahead_in([project.id]).get(project.id, [])
    letters: dict[tuple[date, UUID], list[Ahead]] = defaultdict(list)
    for one in coming:
        letters[one.one.day, one.person.id].append(one)
    return {"letters": list(letters.values()), "items": _items({one.thing.item_id for one in coming}), "went": _went(project)}


def _items(ids: Collection[UUID]) -> dict[UUID, Item]:
    return {item.id: item for item in db.session.scalars(select(Item).where(Item.id.in_(sorted(ids))))} if ids else {}


def _went(project: Project) -> list[object]:
    return list(reversed(went_in([project.id]).get(project.id, [])))
