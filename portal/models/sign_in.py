"""Links and codes that let people in: how they are made, and when older ones stop working."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select, update

from portal.kernel.addresses import canonical_address
from portal.kernel.clock import now
from portal.kernel.db import db, rows_changed
from portal.models.people import Person, Purpose, SignInRequest

LIFE = {
    Purpose.LOGIN: timedelta(minutes=10),
    Purpose.INVITE: timedelta(days=7),
    Purpose.OPERATOR: timedelta(hours=24),
    Purpose.STEP_UP: timedelta(minutes=10),
}
MAX_TRIES = 5


def person_with(address: str) -> Person | None:
    """Whoever is known by this address, staff or contact, however it is typed."""
    return db.session.scalar(select(Person).where(Person.email_canon == canonical_address(address)))


def link_for(person: Person, purpose: Purpose, *, next_path: str) -> SignInRequest:
    """A link that no browser asked for: an invitation (it replaces the one before) or the operator's own. Called inside an action."""
    if purpose is Purpose.INVITE:
        supersede(person.id, purpose)
    return new_request(purpose, person.email_canon, person, next_path=next_path)


def new_request(
    purpose: Purpose,
    address: str,
    person: Person | None,
    *,
    next_path: str,
    binding: str | None = None,
    ua: str = "",
    ip_net: str = "",
) -> SignInRequest:
    """A request with its link and code, to be used until its time is over. Called inside an action."""
    moment = now()
    asked = SignInRequest(
        id=uuid4(),
        purpose=purpose,
        email_canon=address,
        person_id=person.id if person else None,
        binding_hash=binding,
        next_path=next_path,
        created_at=moment,
        expires_at=moment + LIFE[purpose],
        ip_net=ip_net,
        ua=ua[:120],
    )
    db.session.add(asked)
    db.session.flush()
    return asked


def supersede(person_id: UUID, purpose: Purpose) -> None:
    """Let a person's older unused links of a purpose lead nowhere. Called inside an action."""
    pending = (SignInRequest.person_id == person_id, SignInRequest.purpose == purpose, SignInRequest.consumed_at.is_(None))
    db.session.execute(update(SignInRequest).where(*pending, SignInRequest.superseded_at.is_(None)).values(superseded_at=now()))


def count_try(request_id: UUID) -> bool:
    """Count one try at a code before it is compared; False when there were five already. Called inside an action."""
    left = update(SignInRequest).where(SignInRequest.id == request_id, SignInRequest.attempts < MAX_TRIES)
    return bool(rows_changed(left.values(attempts=SignInRequest.attempts + 1)))


def still_leads_in(asked: SignInRequest | None) -> bool:
    """Whether a request can still be used to come in; a code for a decision never can."""
    if asked is None or asked.purpose is Purpose.STEP_UP:
        return False
    return bool(not asked.consumed_at and not asked.superseded_at and asked.expires_at > now() and asked.person_id)
