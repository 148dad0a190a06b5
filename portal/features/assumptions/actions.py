"""Writes about assumptions: stating, changing, answering, letting go. Callers hold the lock of the assumption or its project."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import select

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds import reading
from portal.kinds.ground.building import let_go_of
from portal.kinds.ground.sides import need_person, need_shown, side_of
from portal.models import may
from portal.models.ground.assumptions import OTHER_WORDS, Assumption, Belief, Verdict
from portal.models.ground.trail import Did, GroundStep
from portal.models.projects import Project

MOST = 60


@action
def state(project: Project, belief: Belief, *, draft: bool = False, by: Viewer) -> Assumption:
    """Write down what we assume, and show it to the client unless it is kept as a draft."""
    require(may.run_clients(by))
    reading.need_open(project)
    there = _all(project)
    if sum(one.is_open for one in there) >= MOST:
        raise Refused(N_("We assume %(most)s things already. Let one go first."), most=MOST)
    ids = {"client_id": project.client_id, "project_id": project.id, "by_id": need_person(by)}
    position = 1 + max((one.position for one in there), default=0)
    made = Assumption(id=uuid4(), position=position, n=1, assume="", written_at=now(), **ids)
    made.rewrite(belief, by_id=need_person(by), at=now())
    db.session.add(made)
    if not draft:
        _show(made, project, by=by)
    return made


@action
def show(assumption: Assumption, *, by: Viewer) -> None:
    """Show the client what was a draft."""
    require(may.run_clients(by))
    _show(assumption, _project_of(assumption), by=by)


@action
def show_all(project: Project, *, by: Viewer) -> int:
    """Show the client every draft of a project; how many that were."""
    require(may.run_clients(by))
    reading.need_open(project)
    drafts = [one for one in _all(project) if one.is_draft and not one.ended_at]
    for one in drafts:
        _show(one, project, by=by)
    return len(drafts)


@action
def change(assumption: Assumption, belief: Belief, *, seen: int, by: Viewer) -> None:
    """Assume something else. Once shown, what rests on it has to be looked at, and the client is asked anew."""
    require(may.run_clients(by))
    _project_of(assumption)
    if seen != assumption.n:
        raise Refused(OTHER_WORDS)
    same = (belief.assume, belief.because, belief.cost, belief.money, belief.days)
    if same == (assumption.assume, assumption.because, assumption.cost, assumption.money, assumption.days):
        return
    assumption.rewrite(belief, by_id=need_person(by), at=now())
    if assumption.shown_at:
        record(Kind.ASSUMPTION_CHANGED, assumption, by=by, n=assumption.n, hash=assumption.sha256, detail=_detail(assumption))
        _step(assumption, Did.CHANGED, assumption.said, by=by)


@action
def answer(assumption: Assumption, verdict: Verdict, words: str, *, seen: int, by: Viewer) -> None:
    """Say whether what we assume is right; if not, what is true instead."""
    require(may.answer_assumption(by, assumption.client_id))
    reading.need_active(_project_of(assumption).state)
    assumption.answer(seen, verdict, words, by_id=need_person(by), at=now())
    told = _detail(assumption, words)
    record(Kind.ASSUMPTION_ANSWERED, assumption, by=by, n=assumption.n, verdict=verdict, hash=assumption.sha256, detail=told)
    _step(assumption, Did.ANSWERED, {"verdict": verdict.value, "why": words}, by=by)


@action
def let_go(assumption: Assumption, why: str, *, by: Viewer) -> None:
    """Note that we go by it no more, with a sentence the client reads; a draft is thrown away."""
    require(may.run_clients(by))
    _project_of(assumption)
    if assumption.is_draft:
        let_go_of(ground_id=assumption.id)
        db.session.delete(assumption)
        return
    if not why:
        raise Refused(N_("Say in a sentence why. The client reads it."), field="why", status=422)
    assumption.end(why, at=now())
    record(Kind.ASSUMPTION_ENDED, assumption, by=by, n=assumption.n, detail=_detail(assumption, why))
    _step(assumption, Did.ENDED, {"why": why}, by=by)


def _show(assumption: Assumption, project: Project, *, by: Viewer) -> None:
    need_shown(project)
    assumption.show(at=now())
    db.session.flush()
    record(Kind.ASSUMPTION_STATED, assumption, by=by, n=assumption.n, hash=assumption.sha256, detail=_detail(assumption))
    _step(assumption, Did.WRITTEN, assumption.said, by=by)


def _step(assumption: Assumption, did: Did, said: dict[str, str], *, by: Viewer) -> None:
    ids = {"client_id": assumption.client_id, "project_id": assumption.project_id, "assumption_id": assumption.id}
    db.session.add(GroundStep(id=uuid4(), n=assumption.n, did=did, side=side_of(by), by_id=need_person(by), at=now(), said=said, **ids))


def _detail(assumption: Assumption, words: str = "") -> dict[str, object]:
    return {"name": assumption.assume, "words": words}


def _all(project: Project) -> list[Assumption]:
    return list(db.session.scalars(select(Assumption).where(Assumption.project_id == project.id)))


def _project_of(assumption: Assumption) -> Project:
    project = db.session.scalars(select(Project).where(Project.id == assumption.project_id)).one()
    reading.need_open(project)
    return project
