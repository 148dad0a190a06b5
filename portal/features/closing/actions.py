"""Writes about the end of a project: letting go of what is open, closing, opening again, feedback, and getting in touch again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Audience, Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds.closing.standing import closing_of
from portal.kinds.closing.still_open import let_go, open_of
from portal.kinds.plans import planning
from portal.models import may
from portal.models.clients import Client
from portal.models.closings import BEST, Closing, Feedback, Lesson
from portal.models.items import Item
from portal.models.projects import Project, ProjectState

Reason = Callable[[Item], str]


@dataclass(frozen=True)
class Ending:
    """What is said at the end; all but `lesson` is read by the client."""

    thanks: str
    made: str = ""
    next: str = ""
    again_on: date | None = None
    again_why: str = ""
    lesson: str = ""


@action
def go_on_without(project_id: UUID, reason: Reason, *, by: Viewer) -> int:
    """Let go of every open thing that has a reason; the project stays open. How many that were."""
    require(may.run_clients(by))
    project, items = planning.with_items(project_id)
    _need_open(project)
    gone = [item for item in open_of(project_id, items).items if reason(item)]
    if not gone:
        raise Refused(N_("Write a reason at what you want to go on without. The client reads it."))
    for item in gone:
        let_go(item, reason(item), by=by)
    return len(gone)


@action
def close(project_id: UUID, ending: Ending, reason: Reason, *, by: Viewer) -> Closing:
    """Close a project, once nothing is open that has no reason."""
    require(may.run_clients(by))
    project, items = planning.with_items(project_id)
    _need_open(project)
    client = db.session.get_one(Client, project.client_id)
    _need_day(ending, client)
    still = open_of(project_id, items)
    if still.asked or still.talk:
        raise Refused(N_("The client asked something, and nobody has answered. Answer it, or mark it as done, first."))
    if any(not reason(item) for item in still.items):
        raise Refused(
            N_("Something is still open. Write why you go on without it, or leave the project open until it is here."), status=422
        )
    for item in still.items:
        let_go(item, reason(item), by=by)
    project.finish()
    planning.rest(items, running=False)
    made = Closing(id=uuid4(), by_id=by.person_id, at=now(), language=client.language, **_ids(project), **_said(ending))
    db.session.add(made)
    db.session.flush()
    if ending.lesson:
        note_lesson(project, ending.lesson, by=by)
    record(Kind.PROJECT_CLOSED, made, by=by, again_on=ending.again_on, waived=len(still.items), detail={"words": ending.thanks})
    return made


@action
def reopen(project_id: UUID, *, by: Viewer) -> None:
    """Go on with a closed project. What was let go stays let go; staff ask for it again where they need it."""
    require(may.run_clients(by))
    project, items = planning.with_items(project_id)
    closing = closing_of(project_id)
    project.reopen()
    if closing:
        closing.undone_at = now()
    planning.rest(items, running=db.session.get_one(Client, project.client_id).archived_at is None)
    record(Kind.PROJECT_REOPENED, project, by=by)


@action
def give_feedback(project: Project, stars: int, words: str, *, by: Viewer) -> Feedback:
    """Say how it was, or say it anew."""
    require(may.answer_news(by, project.client_id))
    closing = closing_of(project.id)
    if closing is None or by.person_id is None:
        raise Refused(N_("This project goes on again, so there is nothing to look back on yet."))
    if not 1 <= stars <= BEST:
        raise Refused(N_("Choose one of the five."), field="stars", status=422)
    mine = (Feedback.closing_id == closing.id, Feedback.person_id == by.person_id)
    given = db.session.scalar(select(Feedback).where(*mine))
    if given is None:
        given = Feedback(id=uuid4(), closing_id=closing.id, person_id=by.person_id, **_ids(project))
        db.session.add(given)
    given.stars, given.words, given.at = stars, words.strip(), now()
    db.session.flush()
    record(Kind.FEEDBACK_GIVEN, given, by=by, stars=stars, detail={"words": given.words} if given.words else None)
    return given


@action
def note_met(closing: Closing | None, *, by: Viewer) -> None:
    """Note that we got in touch again."""
    require(may.run_clients(by))
    if closing is None:
        raise Refused(N_("This project is not closed."))
    closing.met(by_id=by.person_id, at=now())
    record(Kind.MET_AGAIN, closing, by=by, audience=Audience.INTERNAL)


@action
def meet_later(closing: Closing, day: date, *, by: Viewer) -> None:
    """Get in touch on another day; the client reads it on their closing page."""
    require(may.run_clients(by))
    closing.later(day, today=db.session.get_one(Client, closing.client_id).calendar.today())
    record(Kind.MET_AGAIN, closing, by=by, audience=Audience.INTERNAL, day=day)


@action
def note_lesson(project: Project, words: str, *, by: Viewer) -> Lesson:
    """Write down what we learned; no client ever sees it."""
    require(may.run_clients(by))
    if not words.strip() or by.person_id is None:
        raise Refused(N_("Write a sentence first."), field="words", status=422)
    made = Lesson(id=uuid4(), words=words.strip(), by_id=by.person_id, at=now(), **_ids(project))
    db.session.add(made)
    db.session.flush()
    record(Kind.LESSON_NOTED, made, by=by, audience=Audience.INTERNAL)
    return made


def _need_open(project: Project) -> None:
    if project.state not in (ProjectState.ACTIVE, ProjectState.PAUSED):
        raise Refused(N_("Only a project that runs or is paused can be closed."))


def _need_day(ending: Ending, client: Client) -> None:
    if ending.again_on and ending.again_on <= client.calendar.today():
        raise Refused(N_("Choose a day after today."), field="again_on", status=422)
    if ending.again_on and not ending.again_why:
        raise Refused(N_("Say why you get in touch then; the client reads it."), field="again_why", status=422)


def _ids(project: Project) -> dict[str, UUID]:
    return {"client_id": project.client_id, "project_id": project.id}


def _said(ending: Ending) -> dict[str, object]:
    again = {"again_on": ending.again_on, "again_why": ending.again_why if ending.again_on else ""}
    return {"made": ending.made, "thanks": ending.thanks, "next": ending.next, **again}
