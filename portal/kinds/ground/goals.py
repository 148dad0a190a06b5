"""The goals of a project as they stand: in whose order, agreed by whom, looked back on how, in a fixed number of reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kinds.ground.basis import Thing, things_of
from portal.models.clients import Client
from portal.models.files import FromSide
from portal.models.ground.goals import Goal, GoalReview
from portal.models.ground.trail import GroundStep
from portal.models.people import Person
from portal.models.projects import Project

UNRANKED = 1_000_000


@dataclass(frozen=True)
class Told:
    """One goal with everything that is known of it; places count from 1 and are 0 where that side has put nothing in order."""

    goal: Goal
    client_place: int
    firm_place: int
    is_up: bool
    reviews: dict[FromSide, GoalReview]
    steps: list[GroundStep]
    things: list[Thing]

    @property
    def before(self) -> GroundStep | None:
        """The text that both had agreed to before this one was written."""
        agreed = min(self.goal.client_n, self.goal.firm_n)
        texts = [step for step in self.steps if step.n == agreed and step.said.get("words")]
        return texts[-1] if texts and self.goal.was_agreed else None


@dataclass(frozen=True)
class Goals:
    """The goals of a project, in the order of whoever looks; those that were given up, and drafts, apart."""

    open: list[Told]
    drafts: list[Told]
    ended: list[Told]
    people: dict[UUID, Person]
    by_client: list[Goal]
    by_firm: list[Goal]

    @property
    def differ(self) -> bool:
        """Whether both sides have put them in order, and not in the same."""
        return bool(self.by_client and self.by_firm) and self.by_client != self.by_firm

    def lacking(self, side: FromSide) -> list[Told]:
        """Those that wait for this side's yes."""
        return [told for told in self.open if told.goal.lacks_yes_of(side)]

    def to_review(self, side: FromSide) -> list[Told]:
        """Those of which this side has not said whether they were reached."""
        return [told for told in self.open if told.is_up and side not in told.reviews]


def goals_of(project: Project, client: Client, *, side: FromSide) -> Goals:
    """The goals of a project, in this side's order."""
    goals = list(db.session.scalars(select(Goal).where(Goal.project_id == project.id).order_by(Goal.position, Goal.id)))
    reviews: dict[UUID, dict[FromSide, GoalReview]] = defaultdict(dict)
    for review in db.session.scalars(select(GoalReview).where(GoalReview.project_id == project.id)):
        reviews[review.goal_id][review.side] = review
    steps: dict[UUID | None, list[GroundStep]] = defaultdict(list)
    mine = (GroundStep.project_id == project.id, GroundStep.goal_id.is_not(None))
    for step in db.session.scalars(select(GroundStep).where(*mine).order_by(GroundStep.at, GroundStep.id)):
        steps[step.goal_id].append(step)
    things: dict[UUID | None, list[Thing]] = defaultdict(list)
    for thing in things_of(project.id) if goals else ():
        things[thing.basis.goal_id].append(thing)
    by_client, by_firm = ordered(goals, FromSide.CLIENT), ordered(goals, FromSide.FIRM)
    told = [
        Told(
            goal,
            _place(goal, by_client),
            _place(goal, by_firm),
            is_up(goal, project, client),
            reviews[goal.id],
            steps[goal.id],
            things[goal.id],
        )
        for goal in in_order(goals, side)
    ]
    return Goals(
        open=[one for one in told if one.goal.is_open],
        drafts=[one for one in told if one.goal.is_draft and not one.goal.ended_at],
        ended=[one for one in told if one.goal.ended_at],
        people=_people(told),
        by_client=by_client,
        by_firm=by_firm,
    )


def is_up(goal: Goal, project: Project, client: Client) -> bool:
    """Whether it is time to say whether a goal was reached: we asked, its day is over, or so is the project."""
    return goal.is_agreed and bool(goal.asked_at or project.is_closed or (goal.by_on and goal.by_on < client.calendar.today()))


def in_order(goals: Iterable[Goal], side: FromSide) -> list[Goal]:
    """Goals in the order of one side, those it gave no place last."""
    return sorted(goals, key=lambda goal: goal.rank(side) or UNRANKED)


def ordered(goals: Iterable[Goal], side: FromSide) -> list[Goal]:
    """The open goals as one side put them; nothing where it has not, or where there is nothing to put in order."""
    shown = [goal for goal in goals if goal.is_open]
    return in_order(shown, side) if len(shown) > 1 and any(goal.rank(side) for goal in shown) else []


def _place(goal: Goal, order: list[Goal]) -> int:
    return order.index(goal) + 1 if goal in order else 0


def _people(told: Iterable[Told]) -> dict[UUID, Person]:
    ids: set[UUID] = set()
    for one in told:
        ids |= {one.goal.by_id, *(step.by_id for step in one.steps), *(review.by_id for review in one.reviews.values())}
    return {one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(sorted(ids))))} if ids else {}
