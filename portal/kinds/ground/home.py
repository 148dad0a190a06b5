"""What a client's home says of goals and assumptions, in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from portal.kernel.db import db
from portal.kinds.ground.basis import Grounds, grounds_in
from portal.models.files import FromSide
from portal.models.ground.assumptions import Assumption
from portal.models.ground.goals import Goal, GoalReview
from portal.models.ground.trail import Basis
from portal.models.projects import Project


@dataclass(frozen=True)
class Ground:
    """How many goals and assumptions there are, what of them waits for the client, and what the milestones are built on."""

    goals: int
    assumptions: int
    to_agree: int
    to_review: int
    unanswered: int
    milestones: Mapping[UUID, Grounds]

    @property
    def is_there(self) -> bool:
        """Whether there is anything to read."""
        return bool(self.goals or self.assumptions)

    @property
    def waits(self) -> bool:
        """Whether anything waits for the client."""
        return bool(self.to_agree or self.to_review or self.unanswered)


def ground_of(project: Project, today: date) -> Ground:
    """What there is for one project on the day it is where the client lives."""
    counts = [
        _count(model, *such)
        for model, such in (*_all(), (Goal, _lacking()), (Goal, _up(today, closed=project.is_closed)), (Assumption, _unanswered()))
    ]
    query = select(*counts, Basis, Goal, Assumption).select_from(Project)
    query = query.outerjoin(Basis, and_(Basis.project_id == Project.id, Basis.milestone_id.is_not(None)))
    query = query.outerjoin(Goal, Goal.id == Basis.goal_id).outerjoin(Assumption, Assumption.id == Basis.assumption_id)
    rows: list[Any] = list(db.session.execute(query.where(Project.id == project.id).order_by(Basis.checked_at, Basis.id)))
    goals, assumptions, to_agree, to_review, unanswered = rows[0][:5] if rows else (0,) * 5
    built = grounds_in((row[5], row[6], row[7]) for row in rows if row[5])
    return Ground(goals, assumptions, to_agree, to_review, unanswered, built)


def _unanswered() -> tuple[ColumnElement[bool], ...]:
    """What no client has said anything about."""
    return (Assumption.shown_at.is_not(None), Assumption.ended_at.is_(None), Assumption.verdict.is_(None))


def _all() -> tuple[Any, ...]:
    return (Goal, (Goal.shown_at.is_not(None),)), (Assumption, (Assumption.shown_at.is_not(None),))


def _lacking() -> tuple[ColumnElement[bool], ...]:
    return (Goal.shown_at.is_not(None), Goal.ended_at.is_(None), Goal.client_n != Goal.n)


def _up(today: date, *, closed: bool) -> tuple[ColumnElement[bool], ...]:
    agreed = (Goal.shown_at.is_not(None), Goal.ended_at.is_(None), Goal.client_n == Goal.n, Goal.firm_n == Goal.n)
    said = select(GoalReview.id).where(GoalReview.goal_id == Goal.id, GoalReview.side == FromSide.CLIENT).exists()
    return (*agreed, ~said) if closed else (*agreed, or_(Goal.asked_at.is_not(None), Goal.by_on < today), ~said)


def _count(model: type[Goal] | type[Assumption], *such: ColumnElement[bool]) -> ColumnElement[int]:
    query = select(func.count(model.id)).where(model.project_id == Project.id, *such)
    return query.correlate(Project).scalar_subquery()
