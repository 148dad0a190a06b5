"""Making and ending the secret address of somebody's calendar."""

from __future__ import annotations

from uuid import uuid4

from portal.kernel.action import action
from portal.kernel.policy import require
from portal.kernel.record import Kind, record
from portal.kernel.viewer import Viewer
from portal.models.people import Person


@action
def make(person: Person, *, by: Viewer) -> None:
    """Make an address; one that was there leads nowhere from now on."""
    _steer(person, by=by, on=True)


@action
def end(person: Person, *, by: Viewer) -> None:
    """Let the address lead nowhere."""
    _steer(person, by=by, on=False)


def _steer(person: Person, *, by: Viewer, on: bool) -> None:
    require(by.person_id == person.id and by.seen_as is None)
    person.feed_id = uuid4() if on else None
    record(Kind.FEED_STEERED, person, by=by, on=on)
