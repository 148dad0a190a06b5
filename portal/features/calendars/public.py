"""The calendar under its secret address: nobody signs in, the address is the key, and it ends with one's access."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.calendars import queries
from portal.features.calendars.queries import Dates
from portal.kernel import keys
from portal.kernel.clock import now
from portal.kernel.db import acting_as
from portal.kernel.refusal import NotFound
from portal.kernel.viewer import SYSTEM, Viewer
from portal.kernel.words import best
from portal.models import sessions
from portal.models.people import Person, the_firm
from portal.web import calendars
from portal.web.calendars import Entry
from portal.web.call_dates import call_entry
from portal.web.i18n import speaking
from portal.web.links import absolute

pages = Blueprint("calendars", __name__)


@pages.get("/calendar/<token>.ics")
def feed(token: str) -> ResponseReturnValue:
    """Show somebody's dates to their calendar program."""
    with acting_as(SYSTEM):
        person = queries.owner(keys.read_feed_token(token))
        looking = sessions.viewer_of(person) if person else None
    if person is None or looking is None or not (looking.is_staff or looking.clients) or looking.helps_only:
        raise NotFound
    with acting_as(looking), speaking(person.language):
        found = queries.dates_of(looking)
        book = calendars.calendar(_entries(found, looking, person), title=the_firm().name)
    return calendars.answer(book)


def _entries(found: Dates, looking: Viewer, person: Person) -> Iterator[Entry]:
    door = "staff" if looking.is_staff else "client"
    for item in found.items:
        project = found.projects.get(item.project_id)
        if project and item.expected_on:
            client = found.clients[project.client_id]
            title = item.text("title", person.language, client.language)
            link = absolute("staff.client_page.item" if looking.is_staff else "client.items.show", item_id=item.id)
            begun = client.name if looking.is_staff else project.name
            yield Entry(f"item-{item.id}", f"{begun}: {title}", item.expected_on, item.state_since, link=link, version=item.rev)
    for stage in found.milestones:
        project = found.projects[stage.project_id]
        about = found.clients[project.client_id].name if looking.is_staff else project.name
        words = _("%(project)s: %(stage)s begins", project=about, stage=best(stage.name, person.language))
        if stage.starts_on:
            yield Entry(f"stage-{stage.id}", words, stage.starts_on, now())
    for call in found.calls:
        other = found.people.get(call.person_id if looking.is_staff else call.staff_id or call.person_id)
        yield from [entry] if (entry := call_entry(call, other, door=door)) else []
