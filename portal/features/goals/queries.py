"""Reads about goals: what both sides' pages show, and what a letter is about."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kinds import reading
from portal.kinds.ground.goals import Goals, goals_of
from portal.models.clients import Client
from portal.models.files import FromSide
from portal.models.ground.goals import Goal
from portal.models.projects import Project


def page_of(project: Project, client: Client, *, side: FromSide) -> dict[str, object]:
    """Everything both sides' pages show."""
    goals = goals_of(project, client, side=side)
    return {"project": project, "client": client, "goals": goals, "side": side, "lead": reading.person(project.lead_id)}


def standing(project_id: UUID, *, side: FromSide) -> tuple[Project, Client, Goals] | None:
    """The goals of a project by its id, for letters; nothing when it is over."""
    project = db.session.get_one(Project, project_id)
    client = db.session.get_one(Client, project.client_id)
    return None if client.archived_at else (project, client, goals_of(project, client, side=side))


def goal_in(facts: dict[str, object]) -> Goal | None:
    """The goal that the facts of a letter name."""
    return db.session.scalar(select(Goal).where(Goal.id == UUID(str(facts["goal"]))))
