"""The assumptions of a project as they stand: what nobody has answered, what turned out wrong, and what rests on each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from portal.kernel.db import db
from portal.kinds.ground.basis import Thing, things_of
from portal.models.ground.assumptions import Assumption, Verdict
from portal.models.ground.trail import Did, GroundStep
from portal.models.people import Person

ORDER = (None, Verdict.UNKNOWN, Verdict.WRONG, Verdict.RIGHT)


@dataclass(frozen=True)
class Assumed:
    """One assumption with what happened to it and what rests on it."""

    assumption: Assumption
    steps: list[GroundStep]
    things: list[Thing]

    @property
    def to_check(self) -> list[Thing]:
        """What rests on it and has to be looked at again."""
        return [thing for thing in self.things if thing.needs_look(self.assumption)]

    @property
    def earlier(self) -> list[GroundStep]:
        """What was assumed before the text that stands, the latest first."""
        texts = [step for step in self.steps if step.did in (Did.WRITTEN, Did.CHANGED) and step.n < self.assumption.n]
        return texts[::-1]


@dataclass(frozen=True)
class Assumptions:
    """The assumptions of a project: those that stand, unanswered ones first; drafts; and those we go by no more."""

    open: list[Assumed]
    drafts: list[Assumed]
    ended: list[Assumed]
    people: dict[UUID, Person]

    @property
    def unanswered(self) -> list[Assumed]:
        """Those no client has said anything about."""
        return [one for one in self.open if one.assumption.verdict is None]


def assumptions_of(project_id: UUID) -> Assumptions:
    """The assumptions of a project, in a fixed number of reads."""
    rows = list(
        db.session.scalars(select(Assumption).where(Assumption.project_id == project_id).order_by(Assumption.position, Assumption.id))
    )
    steps: dict[UUID | None, list[GroundStep]] = defaultdict(list)
    mine = (GroundStep.project_id == project_id, GroundStep.assumption_id.is_not(None))
    for step in db.session.scalars(select(GroundStep).where(*mine).order_by(GroundStep.at, GroundStep.id)):
        steps[step.assumption_id].append(step)
    things: dict[UUID | None, list[Thing]] = defaultdict(list)
    for thing in things_of(project_id) if rows else ():
        things[thing.basis.assumption_id].append(thing)
    told = [Assumed(row, steps[row.id], things[row.id]) for row in sorted(rows, key=lambda row: ORDER.index(row.verdict))]
    return Assumptions(
        open=[one for one in told if one.assumption.is_open],
        drafts=[one for one in told if one.assumption.is_draft and not one.assumption.ended_at],
        ended=[one for one in told if one.assumption.ended_at],
        people=_people(told),
    )


def working_in(project_ids: Collection[UUID]) -> defaultdict[UUID, list[Assumption]]:
    """What we go by in these projects although nobody has said that it is right."""
    open_ = (Assumption.project_id.in_(project_ids), Assumption.shown_at.is_not(None), Assumption.ended_at.is_(None))
    unsure = or_(Assumption.verdict.is_(None), Assumption.verdict == Verdict.UNKNOWN)
    found: defaultdict[UUID, list[Assumption]] = defaultdict(list)
    for row in db.session.scalars(select(Assumption).where(*open_, unsure).order_by(Assumption.position, Assumption.id)):
        found[row.project_id].append(row)
    return found


def _people(told: Iterable[Assumed]) -> dict[UUID, Person]:
    ids = {step.by_id for one in told for step in one.steps} | {one.assumption.by_id for one in told}
    return {one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(sorted(ids))))} if ids else {}
