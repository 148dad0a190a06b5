"""Writes about reminders: ending and beginning them, and what staff stop, skip and plan."""

from __future__ import annotations

from portal.kernel.action import action
from portal.kernel.policy import require
from portal.kernel.record import Audience, Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import SYSTEM, Viewer
from portal.kinds.reminders.outlook import ahead_in, skips_until
from portal.kinds.reminders.schedules import schedules
from portal.models import may
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Project


@action
def end_mails(person: Person, what: str) -> None:
    """End the mails of a sort to somebody who pressed the button in one of them. Only the mail itself knows the address."""
    _switch(person, what, on=False, by=SYSTEM)


@action
def switch_mails(person: Person, what: str, *, on: bool, by: Viewer) -> None:
    """Switch the mails of a sort to oneself on or off."""
    require(by.person_id == person.id and by.seen_as is None)
    _switch(person, what, on=on, by=by)


def _switch(person: Person, what: str, *, on: bool, by: Viewer) -> None:
    if (person.mail_rules.get(what) is not False) is on:
        return
    person.mail_rules = {**person.mail_rules, what: on}
    record(Kind.PERSON_CHANGED, person, by=by, mails=what, on=on)


@action
def steer(project: Project, verb: str, *, by: Viewer) -> None:
    """Stop the reminders of a project, let them go on, or skip the next one."""
    require(may.run_clients(by))
    if verb == "skip":
        coming = ahead_in([project.id]).get(project.id)
        if not coming:
            raise Refused(N_("Nothing goes out by itself here, so there is nothing to skip."))
        project.reminders_after = skips_until(coming)
        record(Kind.REMINDERS_STEERED, project, by=by, audience=Audience.INTERNAL, verb=verb, until=project.reminders_after)
    elif project.reminders_off is (verb == "resume"):
        project.reminders_off = verb == "stop"
        record(Kind.REMINDERS_STEERED, project, by=by, audience=Audience.INTERNAL, verb=verb)


@action
def choose(thing: Project | Item, name: str, *, by: Viewer) -> None:
    """Let a project or an item follow a schedule; without a name the one above it: an item its project's, a project the standard one."""
    require(may.run_clients(by))
    if name and name != thing.reminders and name not in schedules():
        raise Refused(N_("This schedule is not there any more. Choose another."))
    if thing.reminders != name:
        thing.reminders = name
        record(Kind.REMINDERS_STEERED, thing, by=by, audience=Audience.INTERNAL, verb="choose", detail={"schedule": name})
