"""The time of a call for somebody's calendar."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _

from portal.kernel.refusal import NotFound
from portal.kinds import reading
from portal.models.calls import LASTS, Call
from portal.models.people import the_firm
from portal.web import calendars
from portal.web.calendars import Entry
from portal.web.links import absolute


def ics(call: Call, *, door: str) -> Response:
    """One call as a file for calendars; without a time there is none."""
    entry = entry_of(call, door=door)
    if entry is None:
        raise NotFound
    return calendars.answer(calendars.calendar([entry]), file="call.ics")


def entry_of(call: Call, *, door: str) -> Entry | None:
    """A call as a date: with whom, and nothing of what it is about."""
    if call.starts_at is None or call.fixed_at is None:
        return None
    other = reading.person(call.staff_id if door == "client" else call.person_id)
    with_whom = f"{other.name}, {the_firm().name}" if other and door == "client" else other.name if other else the_firm().name
    values = {"project_id": call.project_id} if door == "client" else {"call_id": call.id}
    link = absolute(f"{door}.calls.{'index' if door == 'client' else 'show'}", **values)
    title = str(_("Call with %(name)s", name=with_whom))
    return Entry(f"call-{call.id}", title, call.starts_at, call.fixed_at, call.starts_at + LASTS, link, call.fixed_times - 1)
