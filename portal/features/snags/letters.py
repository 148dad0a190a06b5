"""Letters about what is in a client's way. Each reads again what is true when it leaves."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kinds import reading
from portal.kinds.inviting import speaks_for
from portal.models.clients import Client
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Project
from portal.models.snags import Snag
from portal.web.letterhead import print_letter
from portal.web.letterpress import Letter
from portal.web.letters import letter
from portal.web.links import absolute, for_person


@letter("snag_told")
def snag_told(person: Person, facts: dict[str, object]) -> Letter | None:
    """What is in the way, in the client's words; nothing once it is answered or taken back."""
    snag = _snag(facts)
    if snag is None or snag.ended_at:
        return None
    link = absolute("staff.snags.answer", item_id=snag.item_id)
    return print_letter("snags/told", person, snag=snag, link=link, **_about(snag, person))


@letter("snag_answered")
def snag_answered(person: Person, facts: dict[str, object]) -> Letter | None:
    """What we answered; nothing to somebody who does not speak for the client any more."""
    snag = _snag(facts)
    if snag is None or not snag.answer or not speaks_for(person, snag.client_id):
        return None
    link = for_person(person, "client.items.show", item_id=snag.item_id)
    return print_letter("snags/answered", person, snag=snag, by=reading.person(snag.ended_by), link=link, **_about(snag, person))


def _snag(facts: dict[str, object]) -> Snag | None:
    return db.session.scalar(select(Snag).where(Snag.id == UUID(str(facts["snag"]))))


def _about(snag: Snag, reader: Person) -> dict[str, object]:
    item = db.session.scalars(select(Item).where(Item.id == snag.item_id)).one()
    project = db.session.get_one(Project, item.project_id)
    title = item.text("title", reader.language, reading.client_language(item))
    facts = {"title": title, "project": project, "client": db.session.get_one(Client, item.client_id)}
    return {**facts, "teller": reading.person(snag.person_id), "lead": reading.person(project.lead_id)}
