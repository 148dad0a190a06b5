"""What is known of how projects ended: the closing that stands, what was said about it, and with whom we get in touch again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, select

from portal.kernel.db import db
from portal.models.clients import Client
from portal.models.closings import Closing, Feedback
from portal.models.ground.goals import Goal
from portal.models.people import Person
from portal.models.projects import Project

MOST_DUE = 10


@dataclass(frozen=True)
class Again:
    """A client we said we would get in touch with again, and about which project."""

    closing: Closing
    project: Project
    client: Client


def closing_of(project_id: UUID) -> Closing | None:
    """The closing of a project that stands."""
    return db.session.scalar(select(Closing).where(Closing.project_id == project_id, Closing.undone_at.is_(None)))


def agreed_goals(project_id: UUID) -> int:
    """How many goals both sides agreed to, as the viewer sees them: they are looked back on at the end."""
    agreed = (Goal.project_id == project_id, Goal.shown_at.is_not(None), Goal.ended_at.is_(None))
    both = (Goal.client_n == Goal.n, Goal.firm_n == Goal.n)
    return db.session.scalar(select(func.count(Goal.id)).where(*agreed, *both)) or 0


def due(today: date) -> list[Again]:
    """With whom we get in touch again today, or should have by now; the longest overdue first."""
    query = select(Closing, Project, Client).join(Project, Project.id == Closing.project_id).join(Client, Client.id == Closing.client_id)
    waits = (_waits(today), Client.archived_at.is_(None))
    return [Again(*row) for row in db.session.execute(query.where(*waits).order_by(Closing.again_on, Closing.id).limit(MOST_DUE))]


def anybody_due(today: date) -> ScalarSelect[int]:
    """How many there may be, as a part of another read."""
    return select(func.count()).select_from(Closing).where(_waits(today)).scalar_subquery()


def _waits(today: date) -> ColumnElement[bool]:
    return and_(Closing.again_on <= today, Closing.met_at.is_(None), Closing.undone_at.is_(None))


def said_about(closing_ids: Collection[UUID]) -> list[tuple[Feedback, Person]]:
    """What people said about how a project went, the first first."""
    query = select(Feedback, Person).join(Person, Person.id == Feedback.person_id).where(Feedback.closing_id.in_(closing_ids))
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Feedback.at, Feedback.id))] if closing_ids else []
