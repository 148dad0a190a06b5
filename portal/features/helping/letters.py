"""The mail to a colleague who was asked for a part, by which whoever was never here gets in; and the one that says they are done. Both read
anew what is true when they leave."""

from __future__ import annotations

from uuid import UUID

from portal.features.helping import queries
from portal.kernel.db import db
from portal.kernel.words import best
from portal.kinds import reading
from portal.kinds.helping import called, is_done, pieces_in, row_of
from portal.kinds.inviting import speaks_for
from portal.models.clients import Client
from portal.models.item_states import WITH_CLIENT, ItemKind
from portal.models.items import Item
from portal.models.people import Person
from portal.models.turns import ItemPerson
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
    pieces = pieces_in(row, item)
    way_in = queries.way_in(person, item)
    return print_letter(
        "helping/part_asked",
        person,
        asker=asker,
        client=db.session.get_one(Client, item.client_id),
        things=[{"title": best(piece.words, person.language, "en")} for piece in pieces],
        files=item.kind is ItemKind.FILES,
        note=str((row.scope or {}).get("note", "")),
        link=sign_in_link(way_in.id) if way_in else for_person(person, "client.items.show", item_id=item.id),
        code=invitation_code(way_in.id) if way_in else "",
    )


@letter("part_done")
def part_done(person: Person, facts: dict[str, object]) -> Letter | None:
    """Say that all is there and waits to be sent; nothing when it was sent, taken back, or is not theirs to send any more."""
    row = db.session.get(ItemPerson, UUID(str(facts["part"])))
    if row is None or row.ended_at or row.asked_by != person.id:
        return None
    item, helper = db.session.get_one(Item, row.item_id), db.session.get_one(Person, row.person_id)
    if item.state not in WITH_CLIENT or not is_done(row, item) or not speaks_for(person, item.client_id):
        return None
    title = item.text("title", person.language, reading.client_language(item))
    link = for_person(person, "client.items.show", item_id=item.id)
    return print_letter("helping/part_done", person, name=called(row, helper), title=title, link=link)
