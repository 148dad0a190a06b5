"""The nudge as a letter. It reads everything anew when it is sent, and is called off when nothing is open any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portal.features.nudges import queries
from portal.features.nudges.queries import LETTER, Tone
from portal.kernel.db import db
from portal.kernel.words import best
from portal.kinds import reading, standing
from portal.kinds.minutes import minutes
from portal.models.clients import Client
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Milestone, Project
from portal.web.letterhead import print_letter
from portal.web.letterpress import Letter
from portal.web.letters import letter
from portal.web.links import for_person


@dataclass(frozen=True)
class Thing:
    """One open thing as the letter lists it."""

    title: str
    url: str
    minutes: int
    line: str = ""


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
    stage = _stage(mine, client)
    takes = minutes(mine)
    progress = reading.progress(reading.items_of(project.id))
    return print_letter(
        "nudges/nudge",
        person,
        tone=Tone(str(facts["tone"])).value,
        words=str(facts.get("words", "")),
        project=project,
        things=[_thing(item, person, takes[item.id]) for item in mine],
        minutes=sum(takes.values()),
        first_minutes=takes[mine[0].id],
        sent=progress.sent,
        total=progress.total,
        stage=best(stage.name, person.language, "en") if stage else "",
        stage_on=stage.starts_on if stage and not standing.is_past(stage) else None,
        lead=db.session.get(Person, project.lead_id),
        list_url=for_person(person, "client.home.project", project_id=project.id),
        day_url=for_person(person, "client.items.promise", item_id=mine[0].id),
    )


def _thing(item: Item, person: Person, takes: int) -> Thing:
    title = item.text("title", person.language, reading.client_language(item))
    return Thing(title, for_person(person, "client.items.show", item_id=item.id), takes)


def _stage(items: list[Item], client: Client) -> Milestone | None:
    """The first milestone that these things hold up and whose day has not passed."""
    held = (db.session.get(Milestone, item.holds_up_id) for item in items if item.holds_up_id)
    ahead: list[tuple[date, Milestone]] = [(one.starts_on, one) for one in held if one and one.starts_on]
    today = client.calendar.today()
    return min((one for one in ahead if one[0] >= today), key=lambda one: one[0], default=(today, None))[1]
