"""Writes about projects and milestones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select

from portal.features.projects import queries
from portal.kernel.action import action
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds import reading
from portal.kinds.closing.standing import closing_of
from portal.kinds.ground.building import let_go_of
from portal.kinds.plans import planning
from portal.models import may
from portal.models.clients import Client
from portal.models.items import GONE, Item, stale
from portal.models.projects import Milestone, Project
from portal.models.templates import LaterDay

VERBS: dict[str, tuple[Callable[[Project, list[Item]], None], Kind]] = {
    "pause": (lambda project, _items: project.pause(), Kind.PROJECT_PAUSED),
    "resume": (lambda project, _items: project.resume(), Kind.PROJECT_RESUMED),
    "archive": (lambda project, _items: project.archive(), Kind.PROJECT_ARCHIVED),
    "restore": (lambda project, items: _restore(project, items), Kind.PROJECT_RESTORED),
}


@action
def move_project(project_id: UUID, verb: str, *, by: Viewer) -> None:
    """Pause, resume, archive or restore a project; its items rest or wait accordingly."""
    require(may.run_clients(by))
    project, items = planning.with_items(project_id)
    move, kind = VERBS[verb]
    move(project, items)
    living = db.session.get_one(Client, project.client_id).archived_at is None
    planning.rest(items, running=project.is_running and living)
    record(kind, project, by=by)


@action
def change_project(project: Project, *, name: str, lead_id: UUID, starts_on: date | None, by: Viewer) -> None:
    """Change a project's name, lead and start."""
    require(may.run_clients(by))
    planning.staff(lead_id)
    project.name, project.lead_id, project.starts_on = name.strip(), lead_id, starts_on
    project.rev += 1
    record(Kind.PROJECT_CHANGED, project, by=by, lead=lead_id, starts_on=starts_on, detail={"name": project.name})


@action
def change_milestone(project_id: UUID, milestone_id: UUID, stage: planning.Stage, *, why: str, language: str, by: Viewer) -> None:
    """Change a milestone's name and planned dates; what holds it up is judged by the new date. Clients read why a day moves."""
    require(may.run_clients(by))
    project, items = planning.with_items(project_id)
    milestone = _milestone(project, milestone_id)
    planning.check_days(stage)
    milestone.name = {**milestone.name, language: stage.name.strip()}
    before = milestone.planned_on
    milestone.starts_on, milestone.ends_on = stage.starts_on, stage.ends_on
    was = before if before != milestone.planned_on else None
    if was and project.is_running and not why.strip():
        raise Refused(N_("Say in a sentence why the day moves. The client reads it in the weekly update."), field="why", status=422)
    if items:
        stale(items[0])
    detail = {"changed": stage.name.strip()} | ({"why": why.strip()} if was and why.strip() else {})
    facts: dict[str, Any] = {"milestone": milestone.id, "starts_on": stage.starts_on, "ends_on": stage.ends_on, "was": was}
    record(Kind.MILESTONES_CHANGED, project, by=by, detail=detail, **facts)


@action
def move_milestone(project: Project, milestone_id: UUID, way: str, *, by: Viewer) -> None:
    """Move a milestone one place up or down."""
    require(may.run_clients(by))
    rows = reading.milestones_of(project.id)
    planning.swap(rows, [row.id for row in rows].index(_milestone(project, milestone_id).id), way)
    record(Kind.MILESTONES_CHANGED, project, by=by, milestone=milestone_id)


@action
def remove_milestone(project: Project, milestone_id: UUID, *, by: Viewer) -> None:
    """Remove a milestone that nothing hangs on."""
    require(may.run_clients(by))
    milestone = _milestone(project, milestone_id)
    if queries.hangs_on(milestone.id):
        raise Refused(N_("Items belong to this milestone or hold it up. Move them to another one first."))
    db.session.execute(delete(LaterDay).where(or_(LaterDay.milestone_id == milestone.id, LaterDay.after_milestone_id == milestone.id)))
    let_go_of(milestone_id=milestone.id)
    record(Kind.MILESTONES_CHANGED, project, by=by, milestone=milestone.id, detail={"removed": next(iter(milestone.name.values()), "")})
    db.session.delete(milestone)


def _restore(project: Project, items: list[Item]) -> None:
    project.restore(was_sent=any(not item.is_draft for item in items), was_done=closing_of(project.id) is not None)


def _milestone(project: Project, milestone_id: UUID) -> Milestone:
    found = db.session.scalar(select(Milestone).where(Milestone.id == milestone_id, Milestone.project_id == project.id))
    if found is None:
        raise Refused(GONE)
    return found
