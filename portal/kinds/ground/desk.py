"""What staff see of goals and assumptions from afar: counts for a client's page and for the board, one statement each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, case, func, select
from sqlalchemy.orm import aliased

from portal.kernel.db import db
from portal.kinds.ground.basis import Thing
from portal.models.clients import Client
from portal.models.files import FromSide
from portal.models.ground.assumptions import Assumption, Verdict
from portal.models.ground.goals import Goal, GoalReview, Reached
from portal.models.ground.trail import Basis
from portal.models.items import Item
from portal.models.projects import Milestone, Project, ProjectState

MOST_SHOWN = 200


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


@dataclass(frozen=True)
class Shaken:
    """Something that rests on what is not so any more, and whose it is."""

    thing: Thing
    assumption: Assumption
    project: Project
    client: Client


def shaken_things() -> list[Shaken]:
    """Everything that has to be looked at again in projects that are not over, by client."""
    goal = aliased(Goal)
    query = select(Basis, Item, Milestone, goal, Assumption, Project, Client).join(Assumption, Assumption.id == Basis.assumption_id)
    query = query.join(Project, Project.id == Basis.project_id).join(Client, Client.id == Basis.client_id)
    query = query.outerjoin(Item, Item.id == Basis.item_id).outerjoin(Milestone, Milestone.id == Basis.milestone_id)
    query = query.outerjoin(goal, goal.id == Basis.resting_goal_id).where(shaken_at() > Basis.checked_at, *_alive())
    rows = db.session.execute(query.order_by(Client.sort_key, Project.id, Assumption.position, Basis.id).limit(MOST_SHOWN))
    return [Shaken(Thing(row[0], row[1], row[2], row[3]), row[4], row[5], row[6]) for row in rows]


def all_to_check() -> ScalarSelect[int]:
    """How many things have to be looked at again in projects that are not over; one column for whoever reads more."""
    query = _to_check().join(Project, Project.id == Basis.project_id).join(Client, Client.id == Basis.client_id)
    return query.where(*_alive()).correlate(None).scalar_subquery()


def _alive() -> tuple[ColumnElement[bool], ...]:
    return (Project.state.in_([ProjectState.ACTIVE, ProjectState.PAUSED]), Client.archived_at.is_(None))


def shaken_at() -> ColumnElement[datetime | None]:
    """When an assumption last turned out wrong, was changed, or was let go; as `Assumption.shaken_at`."""
    wrong = Assumption.ended_at.is_(None) & (Assumption.verdict == Verdict.WRONG)
    changed = case((Assumption.n > 1, Assumption.written_at), else_=None)
    return case((wrong, Assumption.answered_at), else_=func.coalesce(Assumption.ended_at, changed))


def _to_check() -> Select[int]:
    query = select(func.count(Basis.id)).join(Assumption, Assumption.id == Basis.assumption_id)
    return query.where(shaken_at() > Basis.checked_at)
