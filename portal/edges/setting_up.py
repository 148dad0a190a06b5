"""Naming a new installation's firm and its first member of staff."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4
from zoneinfo import available_timezones

from portal.features.team import actions as team
from portal.kernel.action import action
from portal.kernel.addresses import canonical_address
from portal.kernel.db import db, open_session
from portal.kernel.record import FIRM, Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import SYSTEM
from portal.models.people import Firm, Person, StaffRole, named_firm
from portal.web.i18n import LANGUAGES


@dataclass(frozen=True)
class Beginning:
    """What a firm begins with."""

    firm: str
    language: str
    zone: str
    mail_name: str
    mail_address: str
    staff_name: str
    staff_email: str


def invite(person: Person) -> None:
    """Write to the first member of staff: a link for seven days, and its code."""
    open_session(SYSTEM, writes=True)
    team.invite_again(db.session.get_one(Person, person.id), by=SYSTEM)


def set_up(beginning: Beginning) -> Person:
    """Write down the firm and its first member of staff, who runs it; refuses in words when that has happened already."""
    open_session(SYSTEM, writes=True)
    return _set_up(beginning)


@action
def _set_up(beginning: Beginning) -> Person:
    if named_firm():
        raise Refused(N_("This portal belongs to a firm already. Change it in the settings, signed in as staff."))
    address, language = beginning.mail_address.strip(), known_language(beginning.language)
    firm = Firm(
        id=FIRM,
        name=named(beginning.firm.strip()),
        language=language,
        languages=[language],
        zone=known_zone(beginning.zone),
        mail_name=beginning.mail_name.strip(),
        mail_address=address if not address else checked(address),
    )
    person = Person(
        id=uuid4(),
        name=beginning.staff_name.strip(),
        email_typed=beginning.staff_email.strip(),
        email_canon=canonical_address(beginning.staff_email),
        language=language,
        zone=beginning.zone,
        staff_role=StaffRole.ADMIN,
    )
    db.session.add_all([firm, person])
    db.session.flush()
    record(Kind.FIRM_SET_UP, firm, by=SYSTEM, staff=person.id, detail={"firm": firm.name, "staff": person.name})
    return person


def checked(address: str) -> str:
    """An address as typed, once it is known to be one."""
    canonical_address(address)
    return address.strip()


def known_zone(zone: str) -> str:
    """A time zone as typed, once it is known to be one."""
    if zone not in available_timezones():
        raise Refused(N_("Write the time zone as the continent and a city, such as Europe/Berlin."))
    return zone


def known_language(language: str) -> str:
    """A language as typed, once it is known to be one of ours."""
    if language not in LANGUAGES:
        raise Refused(N_("Write the language as one of these: %(known)s."), known=", ".join(LANGUAGES))
    return language


def named(name: str) -> str:
    """A name as typed, once there is one."""
    if not name:
        raise Refused(N_("Write a name."))
    return name
