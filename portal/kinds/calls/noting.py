"""What was said in a call: a summary that the client reads and confirms or corrects, and a note that only the firm ever sees."""

from __future__ import annotations

from uuid import UUID, uuid4

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Audience, Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds.calls import asking
from portal.kinds.inviting import speaks_for
from portal.models import may
from portal.models.calls import Call, CallSummary
from portal.models.people import Person
from portal.models.projects import Project

NOTHING = N_("Write one sentence, so that everybody knows.")


@action
def note(project: Project, inside: str, *, summary: str = "", with_id: UUID | None = None, call: Call | None = None, by: Viewer) -> None:
    """Note a call: what stays inside lies beside an internal entry of the record, and the summary goes to whoever was called."""
    require(may.run_clients(by))
    inside, summary = inside.strip(), summary.strip()
    if not inside and not summary:
        raise Refused(NOTHING, field="summary", status=422)
    if summary:
        _sum_up(project, summary, with_id, call, by=by)
    if call:
        asking.held(call)
    record(Kind.CALL_NOTED, call or project, by=by, audience=Audience.INTERNAL, detail={"note": inside or summary})


def of_call(call: Call, project: Project, inside: str, *, summary: str = "", by: Viewer) -> None:
    """Note a call that was asked for: it is held."""
    note(project, inside, summary=summary, with_id=call.person_id, call=call, by=by)


def _sum_up(project: Project, words: str, with_id: UUID | None, call: Call | None, *, by: Viewer) -> None:
    person = db.session.get(Person, with_id) if with_id else None
    if person is None or by.person_id is None or not speaks_for(person, project.client_id):
        raise Refused(N_("Choose whom you called."), field="with_id", status=422)
    ids = {"client_id": project.client_id, "project_id": project.id, "call_id": call.id if call else None}
    summary = CallSummary(id=uuid4(), person_id=person.id, by_id=by.person_id, words=words, at=now(), **ids)
    db.session.add(summary)
    db.session.flush()
    record(Kind.CALL_SUMMED, summary, by=by, person=person.id, detail={"words": words})


@action
def settle(summary: CallSummary, correction: str = "", *, corrects: bool = False, by: Viewer) -> None:
    """Say that the summary is right, or what is."""
    require(by.person_id == summary.person_id and by.seen_as is None)
    if corrects and not correction.strip():
        raise Refused(N_("Write what was different."), field="words", status=422)
    summary.settle(correction.strip(), at=now())
    record(Kind.CALL_CORRECTED if summary.correction else Kind.CALL_CONFIRMED, summary, by=by, detail={"words": summary.correction})
