"""The one write about looking: that somebody did."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from portal.kernel.action import action
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Audience, Kind, record
from portal.kernel.refusal import NotFound
from portal.kernel.viewer import Viewer
from portal.models import may
from portal.models.clients import Client, Membership
from portal.models.people import Person


@action
def look_as(client: Client, person_id: UUID, *, by: Viewer) -> str:
    """Note that a member of the staff looks as this contact; returns the contact's name."""
    require(may.see_as_client(by))
    query = select(Person).join(Membership, Membership.person_id == Person.id)
    speaks = (Membership.client_id == client.id, Membership.person_id == person_id, Membership.ended_at.is_(None))
    person = db.session.scalar(query.where(*speaks, Person.disabled_at.is_(None)))
    if person is None or client.archived_at:
        raise NotFound
    record(Kind.CLIENT_SEEN_AS, client, by=by, audience=Audience.INTERNAL, person=person_id)
    return person.name
