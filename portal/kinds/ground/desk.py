"""What staff see of goals and assumptions from afar: counts for a client's page and for the board, one statement each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select

from portal.kernel.db import db
from portal.models.files import FromSide
from portal.models.ground.assumptions import Assumption, Verdict
from portal.models.ground.goals import Goal, GoalReview, Reached
from portal.models.ground.trail import Basis


@dataclass(frozen=True)
class Desk:
    """The goals and assumptions of a project in numbers; `to_agree` waits for us, `to_check` rests on what is not so any more."""

    goals: int
    agreed: int
    reached: int
    goal_drafts: int
    to_agree: int
    assumptions: int
    working: int
    wrong: int
    drafts: int
    to_check: int


def desk_of(project_id: UUID) -> Desk:
    """The numbers of one project."""
    shown = (Goal.shown_at.is_not(None), Goal.ended_at.is_(None))
    agreed = (*shown, Goal.client_n == Goal.n, Goal.firm_n == Goal.n)
    said = (GoalReview.goal_id == Goal.id, GoalReview.side == FromSide.CLIENT, GoalReview.reached == Reached.YES)
    open_ = (Assumption.shown_at.is_not(None), Assumption.ended_at.is_(None))
    counts: list[tuple[Any, tuple[ColumnElement[bool], ...]]] = [
        (Goal, shown),
        (Goal, agreed),
        (Goal, (*agreed, select(GoalReview.id).where(*said).exists())),
        (Goal, (Goal.shown_at.is_(None), Goal.ended_at.is_(None))),
        (Goal, (*shown, Goal.firm_n != Goal.n)),
        (Assumption, open_),
        (Assumption, (*open_, Assumption.verdict.is_(None) | (Assumption.verdict == Verdict.UNKNOWN))),
        (Assumption, (*open_, Assumption.verdict == Verdict.WRONG)),
        (Assumption, (Assumption.shown_at.is_(None), Assumption.ended_at.is_(None))),
    ]
    columns = [select(func.count(model.id)).where(model.project_id == project_id, *such).scalar_subquery() for model, such in counts]
    found = db.session.execute(select(*columns, _to_check().where(Basis.project_id == project_id).scalar_subquery())).one()
    return Desk(*(int(number) for number in found))


def shaken_at() -> ColumnElement[datetime | None]:
    """When an assumption last turned out wrong, was changed, or was let go; as `Assumption.shaken_at`."""
    wrong = Assumption.ended_at.is_(None) & (Assumption.verdict == Verdict.WRONG)
    changed = case((Assumption.n > 1, Assumption.written_at), else_=None)
    return case((wrong, Assumption.answered_at), else_=func.coalesce(Assumption.ended_at, changed))


def _to_check() -> Select[int]:
    query = select(func.count(Basis.id)).join(Assumption, Assumption.id == Basis.assumption_id)
    return query.where(shaken_at() > Basis.checked_at)
