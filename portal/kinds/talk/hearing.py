"""Who reads what is said: everybody who sees the project or the item, and which of them get a mail about it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kernel.viewer import Role
from portal.kinds import reading
from portal.kinds.talk.subject import Subject
from portal.models.clients import Client, Membership
from portal.models.files import FromSide
from portal.models.people import Person
from portal.models.talk import Message


@dataclass(frozen=True)
class Reader:
    """A contact who can read what is said to them, and whether they get a mail about it."""

    person: Person
    role: Role
    gets_mail: bool


def readers(subject: Subject) -> list[Reader]:
    """Every contact who can read what is said about something, those who get a mail first."""
    query = select(Membership, Person).join(Person, Person.id == Membership.person_id)
    here = (Membership.client_id == subject.client_id, Membership.ended_at.is_(None), Person.disabled_at.is_(None))
    named = set(reading.named_on([subject.item_id])[subject.item_id]) if subject.item_id else set()
    spoke = _spoke(subject, FromSide.CLIENT)
    found = [
        Reader(person, member.role, _gets_mail(person.id, member.role, named, spoke))
        for member, person in db.session.execute(query.where(*here).order_by(Person.name, Person.id))
        if member.role is not Role.GUEST or person.id in named
    ]
    return sorted(found, key=lambda reader: not reader.gets_mail)


def staff(subject: Subject) -> list[UUID]:
    """Who of us hears what a client says: whoever leads the project, and whoever of us wrote there before."""
    still_here = (Person.id.in_({subject.project.lead_id} | _spoke(subject, FromSide.FIRM)), Person.disabled_at.is_(None))
    return list(db.session.scalars(select(Person.id).where(*still_here, Person.staff_role.is_not(None)).order_by(Person.id)))


def client_of(subject: Subject) -> Client:
    """The client it is about."""
    return db.session.get_one(Client, subject.client_id)


def _gets_mail(person_id: UUID, role: Role, named: set[UUID], spoke: set[UUID]) -> bool:
    """Whoever took part; else whoever it is about: the people named for the item, or all who decide or contribute."""
    return person_id in spoke or (person_id in named if named else role in (Role.DECIDE, Role.CONTRIBUTE))


def _spoke(subject: Subject, side: FromSide) -> set[UUID]:
    said = (Message.side == side, Message.at.is_not(None), Message.removed_at.is_(None))
    return set(db.session.scalars(select(Message.by_id).where(*subject.here, *said).distinct()))
