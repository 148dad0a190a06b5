"""Letting contacts in: who still has to be invited, and the one mail that does it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID, uuid4

from sqlalchemy import select

from portal.kernel.action import action
from portal.kernel.addresses import canonical_address
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Role, Viewer
from portal.kinds import reading
from portal.models import may
from portal.models.clients import Membership
from portal.models.items import Item
from portal.models.people import Person, Purpose
from portal.models.sign_in import link_for


@action
def invite(contact: Membership, *, by: Viewer, project_id: UUID | None = None) -> None:
    """Send a contact their first mail: a 7-day link and its code. An invitation sent before leads nowhere from now on."""
    require(may.run_clients(by))
    if contact.ended_at:
        raise Refused(N_("This person's access has ended. Give it back first."))
    person = db.session.get_one(Person, contact.person_id)
    contact.invited_at = now()
    asked = link_for(person, Purpose.INVITE, next_path="/")
    record(Kind.CONTACT_INVITED, contact, by=by, person=person.id, request=asked.id, project=project_id, detail={"name": person.name})


def welcome(contact: Membership, *, by: Viewer, project_id: UUID | None = None) -> None:
    """Invite a contact who was never told of this client; whoever signs in for another client already needs no invitation."""
    if contact.invited_at or contact.ended_at:
        return
    if has_joined(contact.person_id):
        contact.invited_at = contact.joined_at = now()
        return
    invite(contact, by=by, project_id=project_id)


def new_person(name: str, email: str, *, language: str, zone: str, phone: str = "") -> Person:
    """Somebody whom nobody here knew, called inside an action."""
    address = {"email_typed": email.strip(), "email_canon": canonical_address(email)}
    person = Person(id=uuid4(), name=name.strip(), language=language, zone=zone, phone=phone.strip(), **address)
    db.session.add(person)
    db.session.flush()
    return person


def has_joined(person_id: UUID) -> bool:
    """Whether a person has ever come in."""
    query = select(Membership.person_id).where(Membership.person_id == person_id, Membership.joined_at.is_not(None))
    return db.session.scalar(query.limit(1)) is not None


def speaks_for(person: Person, client_id: UUID) -> bool:
    """Whether this contact still speaks for the client."""
    mine = (Membership.client_id == client_id, Membership.person_id == person.id, Membership.ended_at.is_(None))
    return db.session.scalar(select(Membership.role).where(*mine)) is not None


def contacts_of(client_id: UUID) -> list[Membership]:
    """Everybody who speaks for a client now: deciders first, then who was here first, then who was invited first."""
    rows = db.session.scalars(select(Membership).where(Membership.client_id == client_id, Membership.ended_at.is_(None)))
    return sorted(rows, key=_by_role_and_time)


def _by_role_and_time(row: Membership) -> tuple[int, bool, str, str]:
    since = row.joined_at or row.invited_at
    return list(Role).index(row.role), row.joined_at is None, since.isoformat() if since else "", str(row.person_id)


def concerned(items: Collection[Item], contacts: Collection[Membership]) -> list[Membership]:
    """The contacts who have something to do on at least one of these items."""
    named = reading.named_on([item.id for item in items])
    return [one for one in contacts if any(reading.is_for(one.person_id, one.role, item, named.get(item.id, ())) for item in items)]
