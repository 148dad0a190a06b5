"""The time of a call for somebody's calendar."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _

from portal.kernel.refusal import NotFound
from portal.kinds import reading
from portal.models.calls import LASTS, Call
from portal.models.people import Person, the_firm
from portal.web import calendars
from portal.web.calendars import Entry
from portal.web.links import absolute


def ics(call: Call, *, door: str) -> Response:
    """One call as a file for calendars; without a time there is none."""
    entry = call_entry(call, reading.person(call.staff_id if door == "client" else call.person_id), door=door)
    if entry is None:
        raise NotFound
    return calendars.answer(calendars.calendar([entry]), file="call.ics")


def call_entry(call: Call, other: Person | None, *, door: str) -> Entry | None:
    """A call as a date: with whom, and nothing of what it is about."""
    if call.starts_at is None or call.fixed_at is None:
        return None
    firm = the_firm().name
    name = f"{other.name}, {firm}" if other and door == "client" else other.name if other else firm
    link = absolute("client.calls.index", project_id=call.project_id) if door == "client" else absolute("staff.calls.show", call_id=call.id)
    ends = call.starts_at + LASTS
    return Entry(
        f"call-{call.id}", str(_("Call with %(name)s", name=name)), call.starts_at, call.fixed_at, ends, link, call.fixed_times - 1
    )
