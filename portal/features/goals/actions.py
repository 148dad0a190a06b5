"""Writes about goals: writing, agreeing, putting in order, looking back, giving up. Callers hold the lock of the goal or its project."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import delete, select

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.evidence import canonical, fingerprint
from portal.kernel.policy import require
from portal.kernel.record import Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds import reading
from portal.kinds.ground.building import let_go_of
from portal.kinds.ground.goals import in_order, is_up
from portal.kinds.ground.sides import need_person, need_shown, side_of
from portal.models import may
from portal.models.clients import Client
from portal.models.files import FromSide
from portal.models.ground.goals import OTHER_WORDS, Aim, Goal, GoalReview, Reached
from portal.models.ground.trail import Did, GroundStep
from portal.models.projects import Project

MOST = 30


@action
def propose(project: Project, aim: Aim, *, draft: bool = False, by: Viewer) -> Goal:
    """Write down a goal. The other side sees it at once, unless staff keep it as a draft; whoever may agree has agreed by writing it."""
    _need_open(project, by=by)
    there = _goals(project.id)
    if sum(goal.is_open for goal in there) >= MOST:
        raise Refused(N_("There are %(most)s goals already. Give one up first."), most=MOST)
    ids = {"client_id": project.client_id, "project_id": project.id, "by_id": need_person(by)}
    position = 1 + max((goal.position for goal in there), default=0)
    made = Goal(
        id=uuid4(), position=position, n=1, side=side_of(by), written_at=now(), client_n=0, firm_n=0, rank_client=0, rank_firm=0, **ids
    )
    made.words, made.measure, made.by_on = aim.words, aim.measure, aim.by_on
    db.session.add(made)
    if not (draft and by.is_staff):
        _show(made, project, by=by)
    return made


@action
def show(goal: Goal, *, by: Viewer) -> None:
    """Show the client a goal that was a draft."""
    require(may.run_clients(by))
    project = _project_of(goal, by=by)
    _show(goal, project, by=by)


@action
def show_all(project: Project, *, by: Viewer) -> int:
    """Show the client every draft of a project; how many that were."""
    require(may.run_clients(by))
    drafts = [goal for goal in _goals(project.id) if goal.is_draft and not goal.ended_at]
    for goal in drafts:
        _show(goal, project, by=by)
    return len(drafts)


@action
def rewrite(goal: Goal, aim: Aim, *, seen: int, by: Viewer) -> None:
    """Write a goal otherwise. Once it is shown both have to agree to the new text; what writes no new words changes nothing.

    What was said of the old text, whether it was reached, stays among the steps and does not stand under the new one.
    """
    _project_of(goal, by=by)
    if seen != goal.n:
        raise Refused(OTHER_WORDS)
    if aim == Aim(goal.words, goal.measure, goal.by_on):
        return
    goal.rewrite(aim, side=side_of(by), by_id=need_person(by), at=now())
    db.session.execute(delete(GoalReview).where(GoalReview.goal_id == goal.id))
    if goal.shown_at:
        record(Kind.GOAL_CHANGED, goal, by=by, n=goal.n, hash=goal.sha256, detail=_detail(goal))
        _step(goal, Did.CHANGED, goal.said, by=by)
        _agree_if_they_may(goal, by=by)


@action
def agree(goal: Goal, *, seen: int, by: Viewer) -> None:
    """Say yes to a goal as it stands, for one's side."""
    require(may.agree_goal(by, goal.client_id))
    _project_of(goal, by=by)
    if goal.is_open and not goal.lacks_yes_of(side_of(by)):
        return
    _agree(goal, seen, by=by)


@action
def rank(project: Project, order: Sequence[UUID], *, by: Viewer) -> None:
    """Put the goals in order for one's side; those that are not named follow as they stood."""
    _need_open(project, by=by)
    side = side_of(by)
    standing = in_order(open_goals(project.id), side)
    named = {goal_id: place for place, goal_id in enumerate(order)}
    wanted = sorted(standing, key=lambda goal: named.get(goal.id, len(named)))
    for place, goal in enumerate(wanted, start=1):
        goal.place(place, side=side)
    ids = [str(goal.id) for goal in wanted]
    record(Kind.GOALS_RANKED, project, by=by, side=side, goals=len(ids), hash=fingerprint("goals", canonical(ids)))


@action
def ask_whether_reached(project: Project, *, by: Viewer) -> int:
    """Ask both sides whether the agreed goals were reached; of how many."""
    require(may.run_clients(by))
    agreed = [goal for goal in open_goals(project.id) if goal.is_agreed and goal.asked_at is None]
    if not agreed:
        raise Refused(N_("There is no goal both agreed to that was not asked about yet."))
    for goal in agreed:
        goal.ask_whether_reached(at=now())
        record(Kind.GOAL_REVIEW_ASKED, goal, by=by, n=goal.n, hash=goal.sha256, detail=_detail(goal))
        _step(goal, Did.ASKED, {}, by=by)
    return len(agreed)


@action
def review(goal: Goal, reached: Reached, words: str, *, by: Viewer) -> None:
    """Say for one's side whether a goal was reached; it can be said otherwise later."""
    require(may.agree_goal(by, goal.client_id))
    goal.need_agreed()
    project = db.session.get_one(Project, goal.project_id)
    if by.is_client and not is_up(goal, project, db.session.get_one(Client, goal.client_id)):
        raise Refused(N_("It is too early to say. We ask you when it is time."))
    if reached is not Reached.YES and not words:
        raise Refused(N_("Say in a sentence what is missing."), field="words", status=422)
    side = side_of(by)
    given = db.session.scalar(select(GoalReview).where(GoalReview.goal_id == goal.id, GoalReview.side == side))
    if given is None:
        ids = {"client_id": goal.client_id, "project_id": goal.project_id, "goal_id": goal.id}
        given = GoalReview(id=uuid4(), side=side, **ids)
        db.session.add(given)
    given.reached, given.words, given.by_id, given.at = reached, words, need_person(by), now()
    record(Kind.GOAL_REVIEWED, goal, by=by, side=side, reached=reached, hash=goal.sha256, detail=_detail(goal, words))
    _step(goal, Did.REVIEWED, {"reached": reached.value, "why": words}, by=by)


@action
def give_up(goal: Goal, why: str, *, by: Viewer) -> None:
    """Let go of a goal: staff of any, with a sentence the client reads; a client of their own that nobody agreed to yet."""
    _project_of(goal, by=by)
    if by.is_client:
        require(may.take_back_goal(by, goal))
    if goal.is_draft:
        let_go_of(ground_id=goal.id)
        db.session.delete(goal)
        return
    if by.is_staff and not why:
        raise Refused(N_("Say in a sentence why. The client reads it."), field="why", status=422)
    goal.end(why, at=now())
    record(Kind.GOAL_ENDED, goal, by=by, n=goal.n, detail=_detail(goal, why))
    _step(goal, Did.ENDED, {"why": why}, by=by)


def open_goals(project_id: UUID) -> list[Goal]:
    """The goals of a project that are shown and not given up."""
    return [goal for goal in _goals(project_id) if goal.is_open]


def _goals(project_id: UUID) -> list[Goal]:
    return list(db.session.scalars(select(Goal).where(Goal.project_id == project_id).order_by(Goal.position, Goal.id)))


def _show(goal: Goal, project: Project, *, by: Viewer) -> None:
    need_shown(project)
    goal.show(at=now())
    db.session.flush()
    record(Kind.GOAL_PROPOSED, goal, by=by, n=goal.n, hash=goal.sha256, detail=_detail(goal))
    _step(goal, Did.WRITTEN, goal.said, by=by)
    _agree_if_they_may(goal, by=by)


def _agree_if_they_may(goal: Goal, *, by: Viewer) -> None:
    if may.agree_goal(by, goal.client_id):
        _agree(goal, goal.n, by=by)


def _agree(goal: Goal, n: int, *, by: Viewer) -> None:
    goal.agree(n, side=side_of(by), by_id=need_person(by), at=now())
    record(Kind.GOAL_AGREED, goal, by=by, side=side_of(by), n=n, both=goal.is_agreed, hash=goal.sha256, detail=_detail(goal))
    _step(goal, Did.AGREED, {}, by=by)


def _step(goal: Goal, did: Did, said: dict[str, str], *, by: Viewer) -> None:
    ids = {"client_id": goal.client_id, "project_id": goal.project_id, "goal_id": goal.id, "by_id": need_person(by)}
    db.session.add(GroundStep(id=uuid4(), n=goal.n, did=did, side=side_of(by), at=now(), said=said, **ids))


def _detail(goal: Goal, words: str = "") -> dict[str, object]:
    return {"name": goal.words, "words": words}


def _project_of(goal: Goal, *, by: Viewer) -> Project:
    project = db.session.scalars(select(Project).where(Project.id == goal.project_id)).one()
    _need_open(project, by=by)
    return project


def _need_open(project: Project, *, by: Viewer) -> None:
    require(may.propose_goal(by, project.client_id))
    reading.need_open(project)
    if side_of(by) is FromSide.CLIENT:
        reading.need_active(project.state)
