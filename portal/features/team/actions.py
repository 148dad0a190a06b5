"""Writes about the people who work here. One admin always remains, and nobody shuts themselves out."""

from __future__ import annotations

from uuid import uuid4

from portal.features.team import queries
from portal.kernel import outbox
from portal.kernel.action import action
from portal.kernel.addresses import canonical_address
from portal.kernel.clock import now
from portal.kernel.db import db, insert_or_ignore
from portal.kernel.outbox import Lane
from portal.kernel.policy import require
from portal.kernel.record import Audience, Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.models import may, sessions
from portal.models.people import Person, Purpose, StaffRole, the_firm
from portal.models.sign_in import LIFE, link_for, person_with, supersede

ADMINS_ONLY = N_("Only admins change who works here. Ask one of them.")
HERE_ALREADY = N_("%(name)s works here already, with this address.")
NOT_YOURSELF = N_("You cannot do this to yourself. Ask another admin.")
LAST_ADMIN = N_("This is the last admin. Make somebody else an admin first.")


@action
def invite(*, name: str, email: str, role: StaffRole, by: Viewer) -> Person:
    """Let somebody new work here and write to them. An address belongs to staff or to a contact, never to both."""
    require(may.run_firm(by), ADMINS_ONLY)
    known = person_with(email)
    if known:
        raise _taken(known)
    firm = the_firm()
    person_id = uuid4()
    values = {"id": person_id, "name": name.strip(), "email_typed": email.strip(), "email_canon": canonical_address(email)}
    values |= {"staff_role": role, "language": firm.language, "zone": firm.zone}
    if not insert_or_ignore(Person, values):
        raise Refused(N_("Somebody else used this address a moment ago. Please look again."), field="email")
    person = db.session.get_one(Person, person_id)
    _write_to(person, by=by)
    record(
        Kind.STAFF_INVITED, person, by=by, audience=Audience.INTERNAL, role=role, detail={"name": person.name, "email": person.email_typed}
    )
    return person


@action
def invite_again(person: Person, *, by: Viewer) -> None:
    """Write to somebody once more; the link before stops working."""
    require(may.run_firm(by), ADMINS_ONLY)
    if person.disabled_at:
        raise Refused(N_("%(name)s may not come in. Let them in again first."), name=person.name)
    _write_to(person, by=by)
    record(Kind.STAFF_INVITED, person, by=by, audience=Audience.INTERNAL, again=1)


@action
def change_role(person: Person, role: StaffRole, *, by: Viewer) -> None:
    """Say what somebody may do here; counts from their next request on."""
    require(may.run_firm(by), ADMINS_ONLY)
    if person.staff_role is role:
        return
    _spare(person, by=by)
    person.staff_role = role
    record(Kind.STAFF_CHANGED, person, by=by, audience=Audience.INTERNAL, role=role)


@action
def disable(person: Person, *, by: Viewer) -> None:
    """Let somebody in no more: their sessions and their open links end now."""
    require(may.run_firm(by), ADMINS_ONLY)
    _spare(person, by=by)
    if person.disabled_at:
        raise Refused(N_("%(name)s may not come in already."), name=person.name)
    person.disabled_at = now()
    ended = sessions.end_all(person.id)
    for purpose in Purpose:
        supersede(person.id, purpose)
    record(Kind.STAFF_CHANGED, person, by=by, audience=Audience.INTERNAL, disabled=1, ended=ended)


@action
def enable(person: Person, *, by: Viewer) -> None:
    """Let somebody come in again."""
    require(may.run_firm(by), ADMINS_ONLY)
    if not person.disabled_at:
        raise Refused(N_("%(name)s may come in already."), name=person.name)
    person.disabled_at = None
    record(Kind.STAFF_CHANGED, person, by=by, audience=Audience.INTERNAL, disabled=0)


@action
def end_sessions(person: Person, *, by: Viewer) -> int:
    """Sign somebody out on all their devices; they may sign in again."""
    require(may.run_firm(by), ADMINS_ONLY)
    count = sessions.end_all(person.id, but=by.session_id)
    record(Kind.SESSIONS_REVOKED, person, by=by, audience=Audience.INTERNAL, count=count)
    return count


def _spare(person: Person, *, by: Viewer) -> None:
    """Refuse what would leave nobody in charge, or shut out whoever asks."""
    if person.id == by.person_id:
        raise Refused(NOT_YOURSELF)
    if not queries.other_admins(person.id):
        raise Refused(LAST_ADMIN)


def _taken(known: Person) -> Refused:
    if not known.is_staff:
        return Refused(N_("This address belongs to a contact of a client. Use another one for work here."), field="email")
    if known.disabled_at:
        return Refused(
            N_("%(name)s worked here before, with this address. Let them in again on their page."), field="email", name=known.name
        )
    return Refused(HERE_ALREADY, field="email", name=known.name)


def _write_to(person: Person, *, by: Viewer) -> None:
    asked = link_for(person, Purpose.INVITE, next_path="/staff/")
    facts: dict[str, object] = {"request": str(asked.id), "by": str(by.person_id) if by.person_id else None}
    outbox.post(
        "staff_invite", lane=Lane.AUTH, person_id=person.id, facts=facts, life=LIFE[Purpose.INVITE], dedupe=f"staff_invite:{person.id}"
    )
