"""The letter about a locked file, to whoever sent it and to the lead."""

from __future__ import annotations

from uuid import UUID

from portal.features.quarantine import queries
from portal.models.files import FromSide
from portal.models.people import Person
from portal.web.letterhead import print_letter
from portal.web.letterpress import Letter
from portal.web.letters import letter
from portal.web.links import absolute, for_person


@letter("file_locked")
def file_locked(person: Person, facts: dict[str, object]) -> Letter | None:
    """Say that a virus was found, and what to do; nothing when it was released or removed meanwhile."""
    found = queries.locked(UUID(str(facts["upload"])))
    if found is None or not found.upload.is_locked or found.upload.removed_at:
        return None
    mine = found.upload.by_id == person.id
    if person.is_staff:
        link = absolute("staff.quarantine.release", upload_id=found.upload.id)
    elif found.item and found.upload.side is FromSide.CLIENT:
        link = for_person(person, "client.items.show", item_id=found.item.id)
    else:
        return None
    title = found.item.text("title", person.language, found.client.language) if found.item else found.project.name
    return print_letter("quarantine/locked", person, found=found, title=title, mine=mine, link=link)
