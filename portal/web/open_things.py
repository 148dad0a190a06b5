"""What is open in a project as a letter that asks again tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.kernel.db import db
from portal.kernel.words import best
from portal.kinds import reading
from portal.kinds.minutes import minutes
from portal.kinds.plans import standing
from portal.models.clients import Client
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Milestone, Project
from portal.web.links import for_person


@dataclass(frozen=True)
class Thing:
    """One open thing as the letter lists it."""

    title: str
    url: str
    minutes: int
    line: str = ""


def about_project(project: Project, client: Client, items: list[Item], person: Person) -> dict[str, object]:
    """All that a letter says of these open things of a project."""
    takes = minutes(items)
    stage = _stage(items, client)
    progress = reading.progress(reading.items_of(project.id))
    return {
        "project": project,
        "things": [_thing(item, person, takes[item.id]) for item in items],
        "minutes": sum(takes.values()),
        "first_minutes": takes[items[0].id],
        "sent": progress.sent,
        "total": progress.total,
        "stage": best(stage.name, person.language, "en") if stage else "",
        "stage_on": stage.starts_on if stage and not standing.is_past(stage) else None,
        "lead": db.session.get(Person, project.lead_id),
        "list_url": for_person(person, "client.home.project", project_id=project.id),
        "answer_url": for_person(person, "client.reminders.answer", project_id=project.id),
        "day_url": for_person(person, "client.items.promise", item_id=items[0].id),
    }


def _thing(item: Item, person: Person, takes: int) -> Thing:
    title = item.text("title", person.language, reading.client_language(item))
    return Thing(title, for_person(person, "client.items.show", item_id=item.id), takes)


def _stage(items: list[Item], client: Client) -> Milestone | None:
    """The first milestone that these things hold up and whose day has not passed."""
    held = (db.session.get(Milestone, item.holds_up_id) for item in items if item.holds_up_id)
    ahead: list[tuple[date, Milestone]] = [(one.starts_on, one) for one in held if one and one.starts_on]
    today = client.calendar.today()
    return min((one for one in ahead if one[0] >= today), key=lambda one: one[0], default=(today, None))[1]
