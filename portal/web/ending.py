"""The address under which one press ends the mails that go out by themselves: nobody signs in for it, and nobody can guess it."""

from __future__ import annotations

import base64
from uuid import UUID

from portal.kernel import keys
from portal.models.people import Person
from portal.web.links import absolute

WAYS = ("reminders", "updates", "morning")


def end_url(person: Person, what: str) -> str:
    """Where one press ends mails of this sort to a person."""
    return absolute("public.ending.show", ending=_token(person.id, what))


def read_token(token: str) -> tuple[UUID, str] | None:
    """Whom and which mails a token speaks of; None if it was never ours."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    if len(raw) != 36 or not token.isascii():
        return None
    person_id = UUID(bytes=raw[:16])
    return next(((person_id, what) for what in WAYS if keys.same(_token(person_id, what), token)), None)


def _token(person_id: UUID, what: str) -> str:
    return base64.urlsafe_b64encode(person_id.bytes + keys.mac(f"end.{what}", person_id.bytes)[:20]).decode().rstrip("=")
