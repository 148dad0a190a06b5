"""The nudge as a letter. It reads everything anew when it is sent, and is called off when nothing is open any more."""

from __future__ import annotations

from uuid import UUID

from portal.features.nudges import queries
from portal.features.nudges.queries import LETTER
from portal.kernel.db import db
from portal.models.clients import Client
from portal.models.people import Person
from portal.models.projects import Project
from portal.models.reminders import Tone
from portal.web.letterhead import print_letter
from portal.web.letterpress import Letter
from portal.web.letters import letter
from portal.web.open_things import about_project


@letter(LETTER)
def nudge(person: Person, facts: dict[str, object]) -> Letter | None:
    """What is open for this person in a project, in the tone that was chosen."""
    project = db.session.get(Project, UUID(str(facts["project"])))
    client = db.session.get(Client, project.client_id) if project else None
    if project is None or client is None or client.archived_at or not project.is_running:
        return None
    mine = next((items for one, items in queries.recipients(project) if one.id == person.id), [])
    if not mine:
        return None
    tone, words = Tone(str(facts["tone"])).value, str(facts.get("words", ""))
    return print_letter("nudges/nudge", person, tone=tone, words=words, **about_project(project, client, mine, person))
