"""Reads about signing in: how often somebody asked lately, and where they are signed in."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, func, select

from portal.kernel.clock import now
from portal.kernel.db import db
from portal.models.people import Purpose, SignedIn, SignInRequest

PER_ADDRESS, PER_ADDRESS_A_DAY, PER_NETWORK = 5, 20, 40
WINDOW = timedelta(minutes=15)


def asks_too_often(address: str, ip_net: str) -> bool:
    """Whether an address or a network has had as many sign-in mails as it may."""
    moment = now()
    served = and_(SignInRequest.expires_at > SignInRequest.created_at, SignInRequest.purpose != Purpose.STEP_UP)

    def asked(since: timedelta, *where: object) -> int:
        query = select(func.count()).select_from(SignInRequest).where(served, SignInRequest.created_at > moment - since, *where)  # type: ignore[arg-type]
        return db.session.scalar(query) or 0

    by_address = SignInRequest.email_canon == address
    return (
        asked(WINDOW, by_address) >= PER_ADDRESS
        or asked(timedelta(days=1), by_address) >= PER_ADDRESS_A_DAY
        or asked(WINDOW, SignInRequest.ip_net == ip_net) >= PER_NETWORK
    )


def sign_in_request(request_id: UUID | None) -> SignInRequest | None:
    """A sign-in request by its id."""
    if request_id is None:
        return None
    return db.session.scalar(select(SignInRequest).where(SignInRequest.id == request_id))


def sessions_of(person_id: UUID) -> list[SignedIn]:
    """Where a person is signed in now, latest first."""
    moment = now()
    living = (SignedIn.person_id == person_id, SignedIn.revoked_at.is_(None), SignedIn.idle_until > moment, SignedIn.ends_at > moment)
    return list(db.session.scalars(select(SignedIn).where(*living).order_by(SignedIn.last_seen_at.desc())))
