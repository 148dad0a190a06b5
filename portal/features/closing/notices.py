"""Who hears of the end of a project: everybody who speaks for the client, by day; of what they thought of it, the lead."""

from __future__ import annotations

from portal.kernel import outbox
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.notices import notice
from portal.kernel.outbox import Lane
from portal.kernel.record import Fact, Kind
from portal.kinds.news.badly import readers_of
from portal.kinds.news.when import leaves_for
from portal.models.clients import Client
from portal.models.closings import Closing, Feedback
from portal.models.projects import Project


@notice(Kind.PROJECT_CLOSED)
def closed(fact: Fact) -> None:
    """Thank everybody, by day."""
    closing = fact.thing
    if not isinstance(closing, Closing):
        raise TypeError(f"{fact.kind} is recorded on its closing")
    client = db.session.get_one(Client, closing.client_id)
    for person, _role in readers_of(client.id):
        wait = max(leaves_for(person, client), now()) - now()
        outbox.tell("project_closed", person.id, "closing", closing.id, of=closing, lane=Lane.MESSAGE, wait=wait)


@notice(Kind.FEEDBACK_GIVEN)
def feedback(fact: Fact) -> None:
    """Tell the lead how it was."""
    given = fact.thing
    if not isinstance(given, Feedback):
        raise TypeError(f"{fact.kind} is recorded on the feedback")
    lead = db.session.get_one(Project, given.project_id).lead_id
    outbox.tell("feedback_given", lead, "feedback", given.id, of=given, lane=Lane.MESSAGE)
