"""What bytes on their way have to be asked, hundreds of times: whose session this is, and whether this file of theirs is expected."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, and_, bindparam, select

from portal.kernel.clock import now
from portal.models.clients import Client, Membership
from portal.models.files import Incoming, IncomingState
from portal.models.helping import NEEDS_TO_BE_ASKED
from portal.models.people import Person, SignedIn
from portal.models.sessions import HELPS, token_hash

_EXPECTED = (
    select(Incoming.id, Incoming.client_id, Incoming.part_bytes, Incoming.key_in_incoming, Incoming.store_id)
    .join(SignedIn, SignedIn.person_id == Incoming.person_id)
    .join(Person, Person.id == SignedIn.person_id)
    .join(Membership, and_(Membership.person_id == Person.id, Membership.client_id == Incoming.client_id))
    .join(Client, Client.id == Membership.client_id)
    .where(
        Incoming.id == bindparam("file"),
        Incoming.fingerprint != "",
        Incoming.state == IncomingState.OPEN,
        SignedIn.token_hash == bindparam("token"),
        SignedIn.revoked_at.is_(None),
        SignedIn.idle_until > bindparam("now"),
        SignedIn.ends_at > bindparam("now"),
        Person.disabled_at.is_(None),
        Person.staff_role.is_(None),
        Membership.ended_at.is_(None),
        Membership.role.not_in(NEEDS_TO_BE_ASKED),
        Client.archived_at.is_(None),
        ~HELPS.exists(),
    )
)


@dataclass(frozen=True, slots=True)
class Expected:
    """A file that somebody announced and that is open, and where the store keeps what has come of it."""

    id: UUID
    client_id: UUID
    part_bytes: int
    key_in_incoming: str
    store_id: str


def expected(line: Connection, incoming_id: UUID, *, token: str) -> Expected | None:
    """The file, when it is this very person's who holds the session and speaks for the client; None also where more has to be asked."""
    found = line.execute(_EXPECTED, {"file": incoming_id, "token": token_hash(token), "now": now()}).first()
    return Expected(*found) if found else None
