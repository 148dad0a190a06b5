"""Who acts in the demo, as the door would open it to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from portal.features.accounts import actions as accounts
from portal.kernel.db import admit, db, open_session
from portal.kernel.viewer import SYSTEM, Viewer
from portal.models import sessions
from portal.models.people import Person, SignInRequest

BROWSER, TELEPHONE = "a telephone of long ago", "Safari on iPhone"


@contextmanager
def acting_as(person_id: UUID) -> Iterator[Viewer]:
    """A session in which this person acts, as the door would open it."""
    open_session(SYSTEM, writes=True)
    viewer = sessions.viewer_of(db.session.get_one(Person, person_id))
    admit(viewer)
    yield viewer
    db.session.rollback()


def come_in(person_id: UUID) -> None:
    """Let somebody sign in by the mail they ask for."""
    open_session(SYSTEM, writes=True)
    person = db.session.get_one(Person, person_id)
    asked = accounts.ask_to_sign_in(person.email_canon, binding=BROWSER, next_path="/", ua=TELEPHONE, ip_net="192.0.2.0/24")
    open_session(SYSTEM, writes=True)
    request = db.session.get_one(SignInRequest, asked)
    accounts.claim(request, binding=BROWSER, code_ok=False, keep=True, ua=TELEPHONE, ip_net="192.0.2.0/24")
