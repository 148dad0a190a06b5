"""Signed-in sessions: recognising a token, what rights it carries, and ending it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, select, update

from portal.kernel.clock import now
from portal.kernel.db import db, rows_changed
from portal.kernel.viewer import Role, Side, Viewer
from portal.models.clients import Client, Membership
from portal.models.helping import HELPS_NOW, NEEDS_TO_BE_ASKED, with_parts
from portal.models.people import Person, SignedIn, StaffRole
from portal.models.turns import ItemPerson

CLIENT_IDLE, CLIENT_ENDS = timedelta(days=30), timedelta(days=365)
SHORT_IDLE, SHORT_ENDS = timedelta(hours=12), timedelta(hours=24)
STAFF_IDLE, STAFF_ENDS = timedelta(hours=12), timedelta(hours=20)
SEEN_EVERY = timedelta(minutes=5)

HELPS = select(ItemPerson.id).where(ItemPerson.client_id == Membership.client_id, ItemPerson.person_id == Membership.person_id, *HELPS_NOW)
_SPEAKS = (
    select(Membership.client_id, Membership.role, HELPS.exists().label("helps"))
    .join(Client, Client.id == Membership.client_id)
    .where(Membership.person_id == bindparam("person"), Membership.ended_at.is_(None), Client.archived_at.is_(None))
)
# Every request asks this, so it is put together once and answered at once: the session, whose it is, and for whom they speak.
_HOLDS = (
    select(SignedIn, Person, Client.id.label("client_id"), Membership.role, HELPS.exists().label("helps"))
    .join(Person, Person.id == SignedIn.person_id)
    .outerjoin(Membership, and_(Membership.person_id == Person.id, Membership.ended_at.is_(None)))
    .outerjoin(Client, and_(Client.id == Membership.client_id, Client.archived_at.is_(None)))
    .where(SignedIn.token_hash == bindparam("token"))
)


@dataclass(frozen=True)
class Known:
    """A recognised session: the row, the person, and the rights they hold now."""

    session: SignedIn
    person: Person
    viewer: Viewer


def token_hash(token: str) -> str:
    """What is kept of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(person: Person, token: str, *, method: str, keep: bool, ua: str, ip_net: str) -> SignedIn:
    """Open a session for a person, to be recognised by this token."""
    moment = now()
    idle, ends = lives(person, keep=keep)
    row = SignedIn(
        token_hash=token_hash(token),
        person_id=person.id,
        method=method,
        created_at=moment,
        last_seen_at=moment,
        idle_until=moment + idle,
        ends_at=moment + ends,
        kept=keep,
        ua=ua[:120],
        ip_net=ip_net,
    )
    db.session.add(row)
    db.session.flush()
    return row


def lives(person: Person, *, keep: bool) -> tuple[timedelta, timedelta]:
    """How long a session may idle and how long it may last at all."""
    if person.is_staff:
        return STAFF_IDLE, STAFF_ENDS
    return (CLIENT_IDLE, CLIENT_ENDS) if keep else (SHORT_IDLE, SHORT_ENDS)


def recognise(token: str) -> Known | None:
    """Who holds this token, if the session lives and the person is welcome. Needs a session opened for the system."""
    moment = now()
    found: Sequence[Any] = db.session.execute(_HOLDS, {"token": token_hash(token)}).all()
    if not found:
        return None
    session, person = found[0][:2]
    if session.revoked_at or session.idle_until <= moment or session.ends_at <= moment or person.disabled_at:
        return None
    return Known(session, person, viewer_of(person, session, speaks=[row for row in found if row.client_id]))


def viewer_of(person: Person, session: SignedIn | None = None, *, speaks: Sequence[Any] | None = None) -> Viewer:
    """The rights a person holds now; `speaks` if for whom they speak has been read already."""
    known = Viewer(
        Side.STAFF if person.staff_role else Side.CLIENT,
        person_id=person.id,
        session_id=session.id if session else None,
        authenticated_at=session.created_at if session else None,
        method=session.method if session else "",
    )
    if person.staff_role:
        return replace(known, clients=None, admin=person.staff_role is StaffRole.ADMIN)
    speaks = db.session.execute(_SPEAKS, {"person": person.id}).all() if speaks is None else speaks
    roles = {row.client_id: row.role for row in speaks}
    known = replace(known, clients=frozenset(roles), roles=MappingProxyType(roles))
    return with_parts(known, roles) if any(row.helps or row.role in NEEDS_TO_BE_ASKED for row in speaks) else known


def roles_of(person_id: UUID) -> dict[UUID, Role]:
    """For which living clients a person speaks, and how far."""
    return {row.client_id: row.role for row in db.session.execute(_SPEAKS, {"person": person_id})}


def end(session_id: UUID) -> None:
    """End one session; it counts from the next request on."""
    db.session.execute(update(SignedIn).where(SignedIn.id == session_id, SignedIn.revoked_at.is_(None)).values(revoked_at=now()))


def end_all(person_id: UUID, *, but: UUID | None = None) -> int:
    """End all sessions of a person, except one; returns how many ended."""
    query = update(SignedIn).where(SignedIn.person_id == person_id, SignedIn.revoked_at.is_(None))
    if but:
        query = query.where(SignedIn.id != but)
    return rows_changed(query.values(revoked_at=now()))
