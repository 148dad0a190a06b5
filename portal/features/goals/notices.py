"""Who hears of goals: those whose yes is wanted, and the other side when both have agreed or one has let go."""

from __future__ import annotations

from uuid import UUID

from portal.kernel import outbox
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.notices import notice
from portal.kernel.outbox import Lane
from portal.kernel.record import Fact, Kind
from portal.kernel.viewer import Role
from portal.kinds.ground.sides import hearing
from portal.models.files import FromSide
from portal.models.ground.goals import Goal
from portal.models.projects import Project


@notice(Kind.GOAL_PROPOSED, Kind.GOAL_CHANGED, Kind.GOAL_REVIEW_ASKED)
def waits(fact: Fact) -> None:
    """Tell those whose yes, or whose look back, is wanted; one mail for all goals of a project that come together."""
    goal = _goal_of(fact)
    if goal.lacks_yes_of(FromSide.CLIENT) or fact.kind is Kind.GOAL_REVIEW_ASKED:
        for person, at in hearing(goal.client_id, Role.DECIDE):
            if person.id != fact.by.person_id:
                outbox.tell("goals_waiting", person.id, "project", goal.project_id, of=goal, lane=Lane.MESSAGE, wait=at - now())
    if fact.by.is_client and goal.lacks_yes_of(FromSide.FIRM):
        outbox.tell("goals_waiting", _lead_of(goal), "project", goal.project_id, of=goal, lane=Lane.MESSAGE)


@notice(Kind.GOAL_AGREED)
def agreed(fact: Fact) -> None:
    """Tell the other side once both have agreed."""
    if fact.facts.get("both"):
        _tell_other_side(fact, "goal_agreed")


@notice(Kind.GOAL_REVIEWED)
def reviewed(fact: Fact) -> None:
    """Tell the lead what the client says of it; the client reads what we say where they say it."""
    if fact.by.is_client:
        _tell_other_side(fact, "goal_reviewed")


@notice(Kind.GOAL_ENDED)
def ended(fact: Fact) -> None:
    """Tell the other side that a goal was given up."""
    _tell_other_side(fact, "goal_ended")


def _tell_other_side(fact: Fact, kind: str) -> None:
    goal = _goal_of(fact)
    if fact.by.is_client:
        outbox.tell(kind, _lead_of(goal), "goal", goal.id, of=goal, lane=Lane.MESSAGE)
        return
    for person, at in hearing(goal.client_id, Role.DECIDE):
        outbox.tell(kind, person.id, "goal", goal.id, of=goal, lane=Lane.MESSAGE, wait=at - now())


def _goal_of(fact: Fact) -> Goal:
    if not isinstance(fact.thing, Goal):
        raise TypeError(f"{fact.kind} is recorded on its goal")
    return fact.thing


def _lead_of(goal: Goal) -> UUID:
    return db.session.get_one(Project, goal.project_id).lead_id
