"""The morning letter of the firm's own people: at their hour, on days the firm works, once a day, and late rather than twice."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from portal.kernel import outbox
from portal.kernel.action import action
from portal.kernel.clock import Calendar, now
from portal.kernel.db import db, insert_or_ignore, open_session
from portal.kernel.outbox import Lane
from portal.kernel.viewer import SYSTEM
from portal.kinds.reminders.steps import EVENING, wall
from portal.models.people import Person, the_firm
from portal.models.reminders import DigestDay

LETTER, SWITCH, HOUR = "morning", "morning", "morning_hour"
USUAL_HOUR, HOURS = 8, range(6, 13)


def run() -> int:
    """Put the letters on their way whose hour has come; returns how many. Writes only where one is due."""
    open_session(SYSTEM, writes=False)
    at, firm = now(), the_firm().calendar
    staff = select(Person).where(Person.staff_role.is_not(None), Person.disabled_at.is_(None), Person.mail_bounced_at.is_(None))
    ready = [person for person in db.session.scalars(staff.order_by(Person.id)) if _is_due(person, firm, at)]
    today = {person.id: _day(person, at) for person in ready}
    query = select(DigestDay.person_id, DigestDay.local_date).where(
        DigestDay.person_id.in_(today), DigestDay.local_date.in_(today.values())
    )
    done = {(row.person_id, row.local_date) for row in db.session.execute(query)} if ready else set()
    left = [(person.id, today[person.id], _evening(person, at) - at) for person in ready if (person.id, today[person.id]) not in done]
    if not left:
        return 0
    db.session.expunge_all()
    open_session(SYSTEM, writes=True)
    return _post(left, at)


def hour_of(person: Person) -> int:
    """At which hour of theirs somebody gets it."""
    hour = person.mail_rules.get(HOUR)
    return hour if isinstance(hour, int) and hour in HOURS else USUAL_HOUR


def wants(person: Person) -> bool:
    """Whether somebody gets it at all."""
    return person.is_staff and person.mail_rules.get(SWITCH) is not False


def since(person: Person, firm: Calendar, at: datetime) -> datetime:
    """The moment of the letter before this one: the same hour of the working day before."""
    zone = ZoneInfo(person.zone)
    return wall(firm.shift(at.astimezone(zone).date(), -1), hour_of(person), zone)


def _is_due(person: Person, firm: Calendar, at: datetime) -> bool:
    zone = ZoneInfo(person.zone)
    local = at.astimezone(zone)
    comes = wall(local.date(), hour_of(person), zone)
    return wants(person) and firm.works_on(local.date()) and comes <= at and local.time() < EVENING


def _day(person: Person, at: datetime) -> date:
    return at.astimezone(ZoneInfo(person.zone)).date()


def _evening(person: Person, at: datetime) -> datetime:
    """Until when a letter of this day may leave, should the mail server be away."""
    return wall(_day(person, at), EVENING.hour, ZoneInfo(person.zone))


@action
def _post(left: list[tuple[UUID, date, timedelta]], at: datetime) -> int:
    posted = 0
    for person_id, day, life in left:
        if insert_or_ignore(DigestDay, {"person_id": person_id, "local_date": day, "at": at}):
            outbox.post(LETTER, lane=Lane.ASK, person_id=person_id, facts={"day": day.isoformat()}, life=life)
            posted += 1
    return posted
