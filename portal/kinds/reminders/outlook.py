"""What goes out next by itself, and what went out: for the board, for one item, and for whoever wants to stop it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.outbox import Outbox, Stand
from portal.kinds.reminders.gathering import LOOK_BACK, Reader, nudged, readers, thing_of, wants
from portal.kinds.reminders.schedules import Schedules
from portal.kinds.reminders.steps import Occasion, Thing, upcoming
from portal.models.clients import Client
from portal.models.item_states import WaitingOn
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Project
from portal.models.reminders import Reminded


@dataclass(frozen=True)
class Ahead:
    """One reminder to come: which step, of which item, for whom, and when."""

    thing: Thing
    one: Occasion
    person: Person


@dataclass(frozen=True)
class Went:
    """One reminder that left."""

    at: datetime
    letter: UUID
    was_last: bool


def ahead_in(project_ids: Collection[UUID]) -> dict[UUID, list[Ahead]]:
    """What goes out next in these projects, soonest first, one entry for each item and reader; nothing where reminders are stopped."""
    found: dict[UUID, list[Ahead]] = defaultdict(list)
    if not project_ids:
        return found
    at = now()
    waiting = readers(at, Item.project_id.in_(sorted(project_ids)))
    asked = nudged([reader.person.id for reader in waiting], at)
    for reader in waiting:
        for coming in _coming(reader, asked.get(reader.person.id, {}), at):
            found[coming.thing.project_id].append(coming)
    for those in found.values():
        those.sort(key=lambda coming: coming.one.at)
    return found


def next_of(
    project: Project, client: Client, items: list[Item], people: list[Person], known: Schedules, *, asked: datetime | None
) -> Ahead | None:
    """What goes out next in a project, from what the board has read already: to the first person who gets any, as if all were theirs."""
    who = next((person for person in people if wants(person)), None)
    if who is None or project.reminders_off:
        return None
    with_day = [item for item in items if item.expected_on and item.waiting_on is WaitingOn.CLIENT]
    calendar, skip = client.calendar, project.reminders_after
    things = [thing_of(item, known, project.reminders, calendar=calendar, skip_until=skip) for item in with_day]
    reader = Reader(who, things)
    return min(_coming(reader, {project.id: asked} if asked else {}, now()), key=lambda coming: coming.one.at, default=None)


def went_in(project_ids: Collection[UUID]) -> dict[UUID, list[Went]]:
    """What left for these projects lately, oldest first: a letter counts once, whatever it asked for."""
    query = select(Reminded.project_id, Outbox.id, Outbox.sent_at, Reminded.is_last).join(Outbox, Outbox.id == Reminded.outbox_id)
    lately = (Reminded.project_id.in_(sorted(project_ids)), Outbox.state == Stand.SENT, Outbox.sent_at > now() - LOOK_BACK)
    letters: dict[tuple[UUID, UUID], Went] = {}
    for project_id, letter, at, was_last in db.session.execute(query.where(*lately).order_by(Outbox.sent_at)):
        if at is None:
            continue
        before = letters.get((project_id, letter))
        letters[project_id, letter] = Went(at, letter, was_last or bool(before and before.was_last))
    found: dict[UUID, list[Went]] = defaultdict(list)
    for (project_id, _letter), went in letters.items():
        found[project_id].append(went)
    return found


def skips_until(coming: list[Ahead]) -> datetime:
    """The moment until which nothing goes out when the next one is skipped, for everybody who would get it that day."""
    return max(each.one.at for each in coming if each.one.day == coming[0].one.day)


def _coming(reader: Reader, asked: dict[UUID, datetime], at: datetime) -> list[Ahead]:
    steps = [(thing, upcoming(thing, reader.zone, at, nudged=asked.get(thing.project_id))) for thing in reader.things]
    return [Ahead(thing, one, reader.person) for thing, one in steps if one]
