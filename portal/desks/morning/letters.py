"""The morning letter, written from what is true at the moment it leaves; nothing when there is nothing to say."""

from __future__ import annotations

from dataclasses import replace

from portal.desks.morning.queries import MOST, Row, morning_of
from portal.kernel.clock import now
from portal.kinds.reminders.mornings import LETTER, wants
from portal.models.people import Person
from portal.web.ending import end_url
from portal.web.letterhead import print_letter
from portal.web.letterpress import Letter
from portal.web.letters import letter
from portal.web.links import for_person


@letter(LETTER)
def morning(person: Person, _facts: dict[str, object]) -> Letter | None:
    """What this day brings."""
    if not wants(person):
        return None
    told = morning_of(person, now())
    if told.is_empty:
        return None
    parts = [(name, [_linked(person, name, row) for row in rows[:MOST]], len(rows) - MOST) for name, rows in told.parts.items() if rows]
    url = end_url(person, "morning")
    links = {"board": for_person(person, "staff.owed.board"), "settings": for_person(person, "staff.morning.choose"), "footer_url": url}
    printed = print_letter("morning/morning", person, parts=parts, told=told, **links)
    return replace(printed, unsubscribe=url)


def _linked(person: Person, name: str, row: Row) -> tuple[Row, str, str]:
    """A row, the page it leads to, and the page of its next step, if it has one."""
    project = row.project
    if name == "lost" and row.person is None:
        return row, for_person(person, "staff.firm.mail"), ""
    here = for_person(person, "staff.client_page.show", client_id=row.client.id, project=project.id if project else None)
    if name == "review":
        here = for_person(person, "staff.review.queue")
    act = for_person(person, "staff.nudges.call", project_id=project.id) if row.call and project else ""
    if name == "goes" and project:
        act = for_person(person, "staff.reminders.project", project_id=project.id)
    return row, here, act
