"""The mail to a colleague who was asked for a part; it reads anew what they have when it leaves. Whoever was never here gets in by it."""

from __future__ import annotations

from uuid import UUID

from portal.features.helping import queries
from portal.kernel.db import db
from portal.kernel.words import best
from portal.kinds.questionnaires.helping import pieces_in, row_of
from portal.kinds.questionnaires.kind import definition_of
from portal.models.clients import Client
from portal.models.item_states import WITH_CLIENT
from portal.models.items import Item
from portal.models.people import Person
from portal.web.letterhead import print_letter
from portal.web.letterpress import Letter
from portal.web.letters import letter
from portal.web.links import for_person, invitation_code, sign_in_link


@letter("part_asked")
def part_asked(person: Person, facts: dict[str, object]) -> Letter | None:
    """Say who asks for what; nothing when it was taken back or sent in the meantime."""
    item = db.session.get(Item, UUID(str(facts["item"])))
    row = row_of(item.id, person.id) if item else None
    asker = db.session.get(Person, row.asked_by) if row and row.asked_by else None
    if item is None or row is None or row.ended_at or asker is None or item.state not in WITH_CLIENT:
        return None
    pieces = pieces_in(row, definition_of(item))
    way_in = queries.way_in(person, item)
    return print_letter(
        "helping/part_asked",
        person,
        asker=asker,
        client=db.session.get_one(Client, item.client_id),
        things=[{"title": best(piece.words, person.language, "en")} for piece in pieces],
        note=str((row.scope or {}).get("note", "")),
        link=sign_in_link(way_in.id) if way_in else for_person(person, "client.questionnaires.start", item_id=item.id),
        code=invitation_code(way_in.id) if way_in else "",
    )
