"""Writes about reminders: ending and beginning them, and what staff stop, skip and plan."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import func, select, update

from portal.kernel.action import action
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import FIRM, Audience, Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import SYSTEM, Viewer
from portal.kinds.reminders.outlook import ahead_in, skips_until
from portal.kinds.reminders.schedules import kept, schedules
from portal.kinds.reminders.steps import STANDARD, Step
from portal.models import may
from portal.models.items import Item
from portal.models.people import Firm, Person
from portal.models.projects import Project
from portal.models.reminders import ReminderSchedule

MOST_SCHEDULES = 20


@action
def end_mails(person: Person, what: str) -> None:
    """End the mails of a sort to somebody who pressed the button in one of them. Only the mail itself knows the address."""
    _switch(person, what, on=False, by=SYSTEM)


@action
def switch_mails(person: Person, what: str, *, on: bool, by: Viewer) -> None:
    """Switch the mails of a sort to oneself on or off."""
    require(by.person_id == person.id)
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
    if name and name not in schedules():
        raise Refused(N_("This schedule is not there any more. Choose another."))
    if thing.reminders != name:
        thing.reminders = name
        record(Kind.REMINDERS_STEERED, thing, by=by, audience=Audience.INTERNAL, verb="choose", detail={"schedule": name})


@action
def plan(name: str, steps: tuple[Step, ...], *, was: str = "", by: Viewer) -> None:
    """Write a schedule down, new or anew; the standard one keeps its name."""
    require(may.run_firm(by))
    row = db.session.scalar(select(ReminderSchedule).where(ReminderSchedule.name == was)) if was else None
    name = STANDARD if was == STANDARD else name.strip()
    if name != was and name in schedules():
        raise Refused(N_("There is a schedule of this name already."), field="name", status=422)
    if row is None:
        if (db.session.scalar(select(func.count(ReminderSchedule.id))) or 0) >= MOST_SCHEDULES:
            raise Refused(N_("At most %(max)s schedules fit here."), max=MOST_SCHEDULES)
        row = ReminderSchedule(id=uuid4())
        db.session.add(row)
    row.name, row.steps = name, kept(steps)
    if was and was != name:
        for model in (Project, Item):
            db.session.execute(update(model).where(model.reminders == was).values(reminders=name))
    _note(name, by=by)


@action
def remove(name: str, *, by: Viewer) -> None:
    """Remove a schedule; what followed it follows the standard one. The standard one becomes as it was shipped."""
    require(may.run_firm(by))
    row = db.session.scalar(select(ReminderSchedule).where(ReminderSchedule.name == name))
    if row is None:
        raise Refused(N_("This schedule is not there any more. Choose another."))
    db.session.delete(row)
    _note(name, by=by)


def _note(name: str, *, by: Viewer) -> None:
    record(Kind.FIRM_CHANGED, db.session.get_one(Firm, FIRM), by=by, audience=Audience.INTERNAL, detail={"reminders": name})
