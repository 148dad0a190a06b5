"""Reads about the people who work here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from portal.kernel.db import db
from portal.kernel.refusal import NotFound
from portal.models.people import Person, Purpose, SignedIn, SignInRequest, StaffRole


@dataclass(frozen=True)
class Colleague:
    """Somebody who works here, and when they were seen last."""

    person: Person
    seen_at: datetime | None
    invited_until: datetime | None

    @property
    def stand(self) -> str:
        """`active`, `invited` (never signed in), or `disabled`."""
        if self.person.disabled_at:
            return "disabled"
        return "active" if self.seen_at else "invited"


def colleagues() -> list[Colleague]:
    """Everybody who works or worked here, those who may come in first."""
    rows = db.session.execute(_colleagues().order_by(Person.disabled_at.is_not(None), Person.name, Person.id))
    return [Colleague(*row) for row in rows]


def colleague(person_id: UUID) -> Colleague:
    """One of them; contacts of clients are not found here."""
    row = db.session.execute(_colleagues().where(Person.id == person_id)).first()
    if row is None:
        raise NotFound
    return Colleague(*row)


def other_admins(person_id: UUID) -> int:
    """How many admins remain without this one; holds them all, so that two cannot remove each other at once."""
    active = (Person.staff_role == StaffRole.ADMIN, Person.disabled_at.is_(None))
    query = select(Person).where(*active).order_by(Person.id).with_for_update().execution_options(populate_existing=True)
    return sum(admin.id != person_id for admin in db.session.scalars(query))


def _colleagues() -> Select[Any]:
    seen = select(SignedIn.person_id, func.max(SignedIn.last_seen_at).label("at")).group_by(SignedIn.person_id).subquery()
    open_invites = (SignInRequest.purpose == Purpose.INVITE, SignInRequest.superseded_at.is_(None), SignInRequest.consumed_at.is_(None))
    invites = select(SignInRequest.person_id, func.max(SignInRequest.expires_at).label("until")).where(*open_invites)
    invited = invites.group_by(SignInRequest.person_id).subquery()
    query = select(Person, seen.c.at, invited.c.until).where(Person.staff_role.is_not(None))
    return query.outerjoin(seen, seen.c.person_id == Person.id).outerjoin(invited, invited.c.person_id == Person.id)
