"""What is built on a goal or an assumption: things, milestones, and goals; and what of it has to be looked at again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from portal.kernel.db import db
from portal.models.ground.assumptions import Assumption
from portal.models.ground.goals import Goal
from portal.models.ground.trail import Basis
from portal.models.items import Item
from portal.models.projects import Milestone


@dataclass(frozen=True)
class Thing:
    """Something that is built on a goal or an assumption: one of the three is there."""

    basis: Basis
    item: Item | None
    milestone: Milestone | None
    goal: Goal | None

    @property
    def place(self) -> str:
        """What it is called in forms: its kind and its id."""
        kind = "item" if self.item else "milestone" if self.milestone else "goal"
        thing = self.item or self.milestone or self.goal
        return f"{kind}-{thing.id}" if thing else ""

    def title(self, *languages: str) -> str:
        """Its name."""
        if self.item:
            return self.item.text("title", *languages)
        if self.milestone:
            return self.milestone.title(*languages)
        return self.goal.words if self.goal else ""

    def needs_look(self, assumption: Assumption) -> bool:
        """Whether what it rests on turned out wrong or was changed since we looked."""
        return assumption.shaken_at is not None and assumption.shaken_at > self.basis.checked_at


@dataclass(frozen=True)
class Rest:
    """An assumption that something rests on, and whether that has to be looked at again."""

    assumption: Assumption
    is_shaken: bool


@dataclass
class Grounds:
    """What one thing is built on."""

    goals: list[Goal] = field(default_factory=list)
    rests: list[Rest] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.goals or self.rests)


def things_of(project_id: UUID) -> list[Thing]:
    """Everything of a project that is built on something, as far as the viewer may see it."""
    resting = aliased(Goal)
    query = select(Basis, Item, Milestone, resting).outerjoin(Item, Item.id == Basis.item_id)
    query = query.outerjoin(Milestone, Milestone.id == Basis.milestone_id).outerjoin(resting, resting.id == Basis.resting_goal_id)
    rows = db.session.execute(query.where(Basis.project_id == project_id).order_by(Milestone.position, Item.position, Basis.id))
    return [Thing(*row) for row in rows if any(row[1:])]


def grounds_of(item: Item) -> Grounds:
    """What an item is built on."""
    rows = db.session.execute(_ground().where(Basis.item_id == item.id))
    return grounds_in((row[0], row[1], row[2]) for row in rows).get(item.id, Grounds())


def grounds_in(rows: Iterable[tuple[Basis, Goal | None, Assumption | None]]) -> dict[UUID, Grounds]:
    """What each of the things in these rows is built on; what was given up and looked at since is left out."""
    found: dict[UUID, Grounds] = {}
    for basis, goal, assumption in rows:
        thing_id = basis.item_id or basis.milestone_id or basis.resting_goal_id
        if thing_id is None:
            continue
        grounds = found.setdefault(thing_id, Grounds())
        if goal and goal.is_open:
            grounds.goals.append(goal)
        if assumption and not assumption.is_draft:
            shaken = Thing(basis, None, None, None).needs_look(assumption)
            if assumption.is_open or shaken:
                grounds.rests.append(Rest(assumption, shaken))
    return found


def _ground() -> Select[Basis, Goal, Assumption]:
    query = select(Basis, Goal, Assumption).outerjoin(Goal, Goal.id == Basis.goal_id)
    return query.outerjoin(Assumption, Assumption.id == Basis.assumption_id).order_by(Basis.checked_at, Basis.id)
