"""Saying what is built on a goal or an assumption, and that we looked at it again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import delete, or_, select

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Kind, record
from portal.kernel.viewer import Viewer
from portal.kinds import reading
from portal.kinds.ground.basis import Thing, things_of
from portal.models import may
from portal.models.ground.assumptions import Assumption
from portal.models.ground.goals import Goal
from portal.models.ground.trail import Basis
from portal.models.item_states import ItemState
from portal.models.projects import Project

COLUMNS = {"item": "item_id", "milestone": "milestone_id", "goal": "resting_goal_id"}


@dataclass(frozen=True)
class Place:
    """Something that may be built on a goal or an assumption: what forms call it, and its name."""

    key: str
    title: str
    kind: str


def places_in(ground: Goal | Assumption, *languages: str) -> list[Place]:
    """Everything of the project that may be built on it, milestones first."""
    found = [Place(f"milestone-{one.id}", one.title(*languages), "milestone") for one in reading.milestones_of(ground.project_id)]
    items = [item for item in reading.items_of(ground.project_id) if item.state is not ItemState.WAIVED]
    found += [Place(f"item-{item.id}", item.text("title", *languages), "decision" if item.kind.is_decision else "item") for item in items]
    if isinstance(ground, Assumption):
        goals = db.session.scalars(select(Goal).where(Goal.project_id == ground.project_id).order_by(Goal.position))
        found += [Place(f"goal-{goal.id}", goal.words, "goal") for goal in goals if not goal.ended_at]
    return found


def built_on(ground: Goal | Assumption) -> list[Thing]:
    """What is built on it now."""
    mine = "goal_id" if isinstance(ground, Goal) else "assumption_id"
    return [thing for thing in things_of(ground.project_id) if getattr(thing.basis, mine) == ground.id]


@action
def build(ground: Goal | Assumption, keys: Collection[str], *, by: Viewer) -> None:
    """Say what is built on it; whatever is not named is built on it no more."""
    _need(ground, by=by)
    wanted = {place.key for place in places_in(ground, "en")} & set(keys)
    there = {thing.place: thing.basis for thing in built_on(ground)}
    for key in there.keys() - wanted:
        db.session.delete(there[key])
    for key in sorted(wanted - there.keys()):
        db.session.add(_basis(ground, key))
    added, gone = len(wanted - there.keys()), len(there.keys() - wanted)
    if added or gone:
        record(Kind.BASIS_CHANGED, ground, by=by, things=len(wanted), added=added, gone=gone, detail={"name": _words(ground)})


@action
def check(assumption: Assumption, *, by: Viewer, only: UUID | None = None) -> None:
    """Note that we looked at what rests on it, or at one thing of it: it holds, or was changed to fit."""
    _need(assumption, by=by)
    looked = [one for one in built_on(assumption) if one.needs_look(assumption) and only in (None, one.basis.id)]
    for one in looked:
        one.basis.checked_at = now()
    if looked:
        record(Kind.BASIS_CHECKED, assumption, by=by, things=len(looked), n=assumption.n, detail={"name": assumption.assume})


def let_go_of(*, item_id: UUID | None = None, milestone_id: UUID | None = None, ground_id: UUID | None = None) -> None:
    """Forget what something that is removed was built on, and what was built on it."""
    about = {Basis.item_id: item_id, Basis.milestone_id: milestone_id, Basis.goal_id: ground_id}
    about |= {Basis.assumption_id: ground_id, Basis.resting_goal_id: ground_id}
    such = [column == value for column, value in about.items() if value]
    db.session.execute(delete(Basis).where(or_(*such)).execution_options(synchronize_session=False))


def _basis(ground: Goal | Assumption, key: str) -> Basis:
    kind, _, thing_id = key.partition("-")
    ids = {"client_id": ground.client_id, "project_id": ground.project_id, COLUMNS[kind]: UUID(thing_id)}
    ids["goal_id" if isinstance(ground, Goal) else "assumption_id"] = ground.id
    return Basis(id=uuid4(), checked_at=now(), **ids)


def _words(ground: Goal | Assumption) -> str:
    return ground.words if isinstance(ground, Goal) else ground.assume


def _need(ground: Goal | Assumption, *, by: Viewer) -> None:
    require(may.run_clients(by))
    reading.need_open(db.session.scalars(select(Project).where(Project.id == ground.project_id)).one())
