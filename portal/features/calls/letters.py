"""Letters about calls. Each reads again what is true when it leaves, and stays away when there is nothing to say any more."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kinds import reading
from portal.kinds.inviting import speaks_for
from portal.models.calls import Call, CallSummary, Outcome
from portal.models.clients import Client
from portal.models.people import Person
from portal.models.projects import Project
from portal.web.letterhead import print_letter
from portal.web.letterpress import Letter
from portal.web.letters import letter
from portal.web.links import absolute, for_person


@letter("call_asked")
def call_asked(person: Person, facts: dict[str, object]) -> Letter | None:
    """Who wants to be called, and when it would suit; nothing once a time is chosen."""
    call = _call(facts)
    if call is None or not call.is_open or call.starts_at:
        return None
    return print_letter("calls/asked", person, call=call, link=absolute("staff.calls.show", call_id=call.id), **_about(call))


@letter("call_fixed")
def call_fixed(person: Person, facts: dict[str, object]) -> Letter | None:
    """When we call, with the way into the calendar."""
    call = _call(facts)
    if call is None or not call.is_open or call.starts_at is None or not speaks_for(person, call.client_id):
        return None
    ics = for_person(person, "client.calls.ics", call_id=call.id)
    return print_letter("calls/fixed", person, call=call, link=ics, number=person.phone, **_about(call))


@letter("call_declined")
def call_declined(person: Person, facts: dict[str, object]) -> Letter | None:
    """Why there is no call, in our words."""
    call = _call(facts)
    if call is None or call.outcome is not Outcome.DECLINED or not speaks_for(person, call.client_id):
        return None
    link = for_person(person, "client.calls.index", project_id=call.project_id)
    return print_letter("calls/declined", person, call=call, link=link, **_about(call))


@letter("call_withdrawn")
def call_withdrawn(person: Person, facts: dict[str, object]) -> Letter | None:
    """That a call for which a time was chosen is not wanted any more."""
    call = _call(facts)
    if call is None or call.outcome is not Outcome.WITHDRAWN:
        return None
    link = absolute("staff.calls.index", project_id=call.project_id)
    return print_letter("calls/withdrawn", person, call=call, link=link, **_about(call))


@letter("call_summed")
def call_summed(person: Person, facts: dict[str, object]) -> Letter | None:
    """What we understood in a call; nothing once that is answered."""
    summary = _summary(facts)
    if summary is None or summary.answered_at or not speaks_for(person, summary.client_id):
        return None
    link = for_person(person, "client.calls.summary", summary_id=summary.id)
    return print_letter("calls/summed", person, summary=summary, link=link, **_of_summary(summary))


@letter("call_corrected")
def call_corrected(person: Person, facts: dict[str, object]) -> Letter | None:
    """What was different, in the client's words."""
    summary = _summary(facts)
    if summary is None or not summary.correction:
        return None
    link = absolute("staff.calls.index", project_id=summary.project_id)
    return print_letter("calls/corrected", person, summary=summary, link=link, **_of_summary(summary))


def _call(facts: dict[str, object]) -> Call | None:
    return db.session.scalar(select(Call).where(Call.id == UUID(str(facts["call"]))))


def _summary(facts: dict[str, object]) -> CallSummary | None:
    return db.session.scalar(select(CallSummary).where(CallSummary.id == UUID(str(facts["summary"]))))


def _about(call: Call) -> dict[str, object]:
    project = db.session.get_one(Project, call.project_id)
    people = {"who": reading.person(call.person_id), "staffer": reading.person(call.staff_id), "lead": reading.person(project.lead_id)}
    return {**people, "project": project, "client": db.session.get_one(Client, call.client_id)}


def _of_summary(summary: CallSummary) -> dict[str, object]:
    project = db.session.get_one(Project, summary.project_id)
    return {"project": project, "who": reading.person(summary.person_id), "by": reading.person(summary.by_id)}
