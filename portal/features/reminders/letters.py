"""The reminder: one letter a day to a person about all their projects, decided again at the moment of sending."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kinds.reminders.deciding import decide
from portal.kinds.reminders.gathering import LETTER
from portal.kinds.reminders.running import Due
from portal.models.clients import Client
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Project
from portal.models.reminders import Tone
from portal.web.ending import end_url
from portal.web.letterhead import print_letter
from portal.web.letterpress import Letter
from portal.web.letters import NotNow, letter
from portal.web.links import for_person
from portal.web.open_things import about_project

STRENGTH = list(Tone)


@letter(LETTER)
def reminder(person: Person, facts: dict[str, object]) -> Letter | None:
    """What is still due of what this letter was meant for."""
    what = decide(person, UUID(str(facts["row"])))
    if isinstance(what, datetime):
        raise NotNow((what - now()).total_seconds())
    if not what:
        return None
    parts = _parts(person, what)
    one = parts[0] if len(parts) == 1 else None
    url = end_url(person, "reminders")
    printed = print_letter(
        "reminders/reminder",
        person,
        parts=parts,
        count=len(what),
        one=one,
        **(one or {"lead": parts[0]["lead"], "list_url": for_person(person, "client.home.show")}),
        footer_url=url,
    )
    return replace(printed, unsubscribe=url)


def _parts(person: Person, what: Due) -> list[dict[str, object]]:
    """What each project needs, the plainest tone that is due there, and the project that asks most plainly first."""
    by_project: dict[UUID, Due] = defaultdict(list)
    for thing, occasion in what:
        by_project[thing.project_id].append((thing, occasion))
    parts = []
    for project_id, mine in by_project.items():
        project = db.session.get_one(Project, project_id)
        client = db.session.get_one(Client, project.client_id)
        items = [db.session.get_one(Item, thing.item_id) for thing, _ in mine]
        tone = max((one.step.tone for _, one in mine), key=STRENGTH.index)
        parts.append({"tone": tone.value, **about_project(project, client, items, person)})
    return sorted(parts, key=lambda part: -STRENGTH.index(Tone(str(part["tone"]))))
