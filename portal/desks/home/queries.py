"""Reads for the client's home."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kernel.viewer import Viewer
from portal.kinds import reading, standing
from portal.kinds.approvals import shown_so_far
from portal.models.clients import Client
from portal.models.item_states import OPEN, ItemState, WaitingOn
from portal.models.people import Person
from portal.models.projects import Project, ProjectState


def projects() -> list[Project]:
    """The viewer's projects that are not put away, newest first."""
    return list(
        db.session.scalars(select(Project).where(Project.state != ProjectState.ARCHIVED).order_by(Project.created_at.desc(), Project.id))
    )


def clients(viewer: Viewer) -> dict[UUID, Client]:
    """The clients the viewer speaks for, by id."""
    return {client.id: client for client in db.session.scalars(select(Client).where(Client.id.in_(sorted(viewer.clients or ()))))}


def home_of(project: Project, viewer: Viewer) -> dict[str, object]:
    """Everything the home page of a project shows."""
    items = reading.items_of(project.id)
    waiting = [item for item in items if item.waiting_on is WaitingOn.CLIENT] if project.is_running else []
    mine = reading.for_person(viewer, waiting)
    ours = {item.id for item in mine}
    preparing = [item for item in items if item.state is ItemState.PREPARING]
    return {
        "project": project,
        "client": db.session.get(Client, project.client_id),
        "lead": db.session.get(Person, project.lead_id),
        "mine": mine,
        "others": [i for i in items if i.id not in ours and i.state in OPEN and i.waiting_on is WaitingOn.CLIENT],
        "checking": [i for i in items if i.state in (ItemState.SENT, ItemState.NOT_AVAILABLE)],
        "preparing": preparing,
        "versions": shown_so_far([item.id for item in preparing]),
        "locked": [i for i in items if i.state is ItemState.LOCKED],
        "done": [i for i in items if i.state is ItemState.ACCEPTED],
        "progress": reading.progress(project.id),
        "steps": standing.steps(project, items),
        "promise": standing.promise(project, items) if project.is_running else None,
    }
