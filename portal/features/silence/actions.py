"""Writes about silence. What runs on an item is done under the item's lock, which callers hold."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds import reading
from portal.kinds.approvals import consents
from portal.kinds.approvals.kind import standing_version
from portal.kinds.approvals.seats import today_of
from portal.kinds.silence import running
from portal.kinds.silence.standing import agreement_of, running_on
from portal.models import may
from portal.models.approvals import Decision
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Project
from portal.models.silence import Agreement, Ending

DECIDERS_ONLY = N_("Only somebody who may decide for your company can agree to this.")


@action
def switch(project: Project, *, on: bool, by: Viewer) -> None:
    """Let silence count in a project, once the client agrees; or let it count no more."""
    require(may.run_clients(by))
    if project.silence is on:
        return
    project.silence = on
    project.rev += 1
    record(Kind.SILENCE_SWITCHED, project, by=by, on=on)


@action
def agree(project: Project, consent: str, *, by: Viewer) -> Agreement:
    """Agree to the text that was read."""
    require(may.agree_for_client(by, project.client_id), DECIDERS_ONLY)
    known = agreement_of(project.id)
    if known:
        return known
    if not project.silence or by.person_id is None:
        raise Refused(N_("This is not asked any more. Nothing was agreed."))
    text = consents.agreed(consent)
    if text is None or text != consents.newest(consents.SILENCE, text.language):
        raise Refused(N_("The text has changed in the meantime. Please read it once more."))
    ids = {"client_id": project.client_id, "project_id": project.id, "by_id": by.person_id}
    made = Agreement(id=uuid4(), consent=text.sha256, at=now(), **ids)
    db.session.add(made)
    db.session.flush()
    person = db.session.get_one(Person, by.person_id)
    detail = {"name": person.name, "email": person.email_typed}
    record(Kind.SILENCE_AGREED, project, by=by, agreement=made.id, consent=text.sha256, n=text.n, detail=detail)
    return made


@action
def withdraw(project: Project, *, by: Viewer) -> None:
    """End the agreement for everything that has not taken effect yet."""
    require(may.agree_for_client(by, project.client_id), DECIDERS_ONLY)
    agreement = agreement_of(project.id)
    if agreement:
        agreement.ended_at = now()
        record(Kind.SILENCE_WITHDRAWN, project, by=by, agreement=agreement.id)


@action
def more_time(item: Item, day: date | None, *, by: Viewer) -> None:
    """Stop what silence would amount to; with a day, note it as the one by which the client can decide."""
    require(reading.can_decide(by, item))
    version = standing_version(item.id)
    silence = running_on(version.id) if version else None
    if silence is None:
        raise Refused(N_("Nothing runs here any more, so there is nothing to stop. Please look again."))
    if day:
        item.promise(day, today=today_of(item.client_id))
        record(Kind.ITEM_PROMISED, item, by=by, day=day)
    running.stop(item, silence, Ending.MORE_TIME, by=by)


@action
def objects(item: Item, decision: Decision, *, by: Viewer) -> Decision:
    """Open again what silence decided: a decider of the client, or we ourselves."""
    require(may.run_clients(by) or reading.can_decide(by, item))
    if by.is_client:
        reading.need_running(item)
    return running.object_to(item, decision.id, by=by)
