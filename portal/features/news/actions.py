"""Writes about weekly updates: keeping a draft, sending it, and dealing with old answers. Callers hold the project's lock."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from sqlalchemy import select

from portal.features.news import queries
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.models import may
from portal.models.clients import Client
from portal.models.news import UpdateReply, WeeklyUpdate
from portal.models.people import Person
from portal.models.projects import Project

CHANGED = N_("%(name)s has kept another text in the meantime. Nothing was overwritten. Save again to keep yours instead.")


@action
def keep(project: Project, week: date, said: dict[str, str], *, composed: dict[str, str], saw: str, by: Viewer) -> WeeklyUpdate | None:
    """Keep what was written for a week as a draft; what says no more than the facts do needs none. `saw` marks what the page showed."""
    require(may.run_clients(by))
    written = _of(project, week)
    if written is not None and written.by_id != by.person_id and queries.seen(written) != saw and written.said != said:
        raise Refused(CHANGED, status=409, name=db.session.get_one(Person, written.by_id).name)
    if said == composed:
        if written and written.sent_at is None:
            db.session.delete(written)
        return written if written and written.sent_at else None
    return _write(project, week, said, written, by=by)


@action
def send(project: Project, week: date, said: dict[str, str], *, by: Viewer) -> WeeklyUpdate:
    """Send the update of a week, fixed as it stands."""
    require(may.run_clients(by))
    client = db.session.get_one(Client, project.client_id)
    if not project.is_running or client.archived_at:
        raise Refused(N_("This project does not run any more, so nothing was sent."))
    if not queries.hear_of(project.client_id):
        raise Refused(N_("Nobody speaks for this client yet. Add a contact person first."))
    made = _write(project, week, said, _of(project, week), by=by)
    made.send(at=now())
    db.session.flush()
    record(Kind.UPDATE_SENT, made, by=by, week=week, hash=made.sha256)
    return made


@action
def done_with(answer: UpdateReply, *, by: Viewer) -> None:
    """Note that somebody of us has dealt with what was written."""
    require(may.run_clients(by))
    if answer.done_at is None:
        answer.done_at, answer.done_by = now(), by.person_id


def _of(project: Project, week: date) -> WeeklyUpdate | None:
    return db.session.scalar(select(WeeklyUpdate).where(WeeklyUpdate.project_id == project.id, WeeklyUpdate.week == week))


def _write(project: Project, week: date, said: dict[str, str], written: WeeklyUpdate | None, *, by: Viewer) -> WeeklyUpdate:
    if by.person_id is None:
        raise Refused(N_("Only a person of the firm can write this."))
    if written is None:
        language = db.session.get_one(Client, project.client_id).language
        ids = {"client_id": project.client_id, "project_id": project.id, "by_id": by.person_id}
        written = WeeklyUpdate(id=uuid4(), week=week, language=language, said=said, changed_at=now(), **ids)
        db.session.add(written)
    written.write(said, by_id=by.person_id, at=now())
    return written
