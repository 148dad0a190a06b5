"""Reads about reminders for staff."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, select

from portal.kernel.db import db
from portal.kinds.reminders.outlook import Ahead, ahead_in, went_in
from portal.kinds.reminders.steps import Occasion, Step, Thing, occasions
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.people import the_firm
from portal.models.projects import Project, ProjectState
from portal.models.reminders import ReminderSchedule
from portal.models.templates import ProjectTemplate, TemplateVersion

ENDED = (ItemState.ACCEPTED, ItemState.WAIVED)


def page_of(project: Project) -> dict[str, object]:
    """What goes out in a project and what went out: letters by day and person, with the items they ask for."""
    coming = ahead_in([project.id]).get(project.id, [])
    letters: dict[tuple[date, UUID], list[Ahead]] = defaultdict(list)
    for one in coming:
        letters[one.one.day, one.person.id].append(one)
    return {"letters": list(letters.values()), "items": _items({one.thing.item_id for one in coming}), "went": _went(project)}


def kept_schedules() -> list[ReminderSchedule]:
    """The firm's own schedules, archived ones too, by name."""
    return list(db.session.scalars(select(ReminderSchedule).order_by(ReminderSchedule.name)))


def _items(ids: Collection[UUID]) -> dict[UUID, Item]:
    return {item.id: item for item in db.session.scalars(select(Item).where(Item.id.in_(sorted(ids))))} if ids else {}


def _went(project: Project) -> list[object]:
    return list(reversed(went_in([project.id]).get(project.id, [])))


@dataclass
class Used:
    """What follows a schedule: how many running projects and open items name it, and which templates."""

    projects: int = 0
    items: int = 0
    templates: list[str] = field(default_factory=list)


def used() -> dict[str, Used]:
    """What names a schedule, by its name; whatever follows the standard one without naming it is not counted."""
    found: dict[str, Used] = defaultdict(Used)
    over = (ProjectState.DONE, ProjectState.ARCHIVED)
    projects = select(Project.reminders, func.count()).where(Project.reminders != "", Project.state.not_in(over))
    for name, count in db.session.execute(projects.group_by(Project.reminders)):
        found[name].projects = count
    items = select(Item.reminders, func.count()).join(Project, Project.id == Item.project_id).where(Item.reminders != "")
    for name, count in db.session.execute(items.where(Item.state.not_in(ENDED), Project.state.not_in(over)).group_by(Item.reminders)):
        found[name].items = count
    for template, draft, document in db.session.execute(_templates()):
        for name in sorted(_named_in(draft) | (_named_in(document) if document else set())):
            found[name].templates.append(template)
    return dict(found)


def _templates() -> Any:
    """Every template that is offered, with its draft and what was published last."""
    latest = select(func.max(TemplateVersion.n)).where(TemplateVersion.template_id == ProjectTemplate.id).correlate(ProjectTemplate)
    last = and_(TemplateVersion.template_id == ProjectTemplate.id, TemplateVersion.n == latest.scalar_subquery())
    query = select(ProjectTemplate.name, ProjectTemplate.draft, TemplateVersion.document).outerjoin(TemplateVersion, last)
    return query.where(ProjectTemplate.archived_at.is_(None)).order_by(ProjectTemplate.name)


def _named_in(document: str) -> set[str]:
    data = json.loads(document)
    return {name for part in (data, *data.get("items", ())) if (name := part.get("reminders"))}


def preview(steps: tuple[Step, ...], day: date) -> list[Occasion]:
    """What would go out for something due on a day that was asked for long before, by the firm's own working days and clocks."""
    firm = the_firm()
    since = datetime.combine(day - timedelta(days=400), time(), UTC)
    asked = Thing(firm.id, firm.id, firm.id, day, since, rule="", steps=steps, calendar=firm.calendar)
    return occasions(asked, ZoneInfo(firm.zone))
