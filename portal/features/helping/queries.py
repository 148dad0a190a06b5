"""What somebody was asked for, and by whom."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from portal.kernel.db import acting_as, db
from portal.kernel.viewer import SYSTEM, Viewer
from portal.kinds.files.kind import Files
from portal.kinds.helping import Piece, is_done, pieces_in
from portal.kinds.questionnaires.kind import definition_of, given
from portal.models.clients import Client
from portal.models.definition.narrowing import narrowed
from portal.models.definition.progress import progress
from portal.models.item_states import ItemKind
from portal.models.items import Item
from portal.models.people import Person, Purpose, SignInRequest
from portal.models.projects import Project, ProjectState
from portal.models.sign_in import still_leads_in
from portal.models.turns import ItemPerson, Part


@dataclass(frozen=True)
class Asked:
    """One part that a viewer was asked for."""

    item: Item
    client: Client
    asker: Person | None
    pieces: tuple[Piece, ...]
    answered: int
    total: int
    rests: bool
    is_done: bool = False


def path_of(item: Item) -> str:
    """Where a link made for a colleague leads."""
    return f"/items/{item.id}/{'files' if item.kind is ItemKind.FILES else 'questions'}"


def way_in(person: Person, item: Item) -> SignInRequest | None:
    """The link that was made for a person when they were asked for a part of an item, while it still leads in."""
    made = (SignInRequest.person_id == person.id, SignInRequest.purpose == Purpose.INVITE, SignInRequest.next_path == path_of(item))
    asked = db.session.scalar(select(SignInRequest).where(*made).order_by(SignInRequest.created_at.desc()).limit(1))
    return asked if still_leads_in(asked) else None


def asked_of(viewer: Viewer) -> list[Asked]:
    """Everything a viewer was asked to help with."""
    now = (ItemPerson.person_id == viewer.person_id, ItemPerson.part == Part.HELP, ItemPerson.ended_at.is_(None))
    query = select(ItemPerson, Item, Client, Project).join(Item, Item.id == ItemPerson.item_id).join(Client, Client.id == Item.client_id)
    query = query.join(Project, Project.id == Item.project_id).where(*now)
    rows = db.session.execute(query.order_by(Item.due_on, Item.position, Item.id))
    return [_asked(row, item, client, viewer, rests=project.state is not ProjectState.ACTIVE) for row, item, client, project in rows]


def _asked(row: ItemPerson, item: Item, client: Client, viewer: Viewer, *, rests: bool) -> Asked:
    asker = db.session.get(Person, row.asked_by) if row.asked_by else None
    pieces = tuple(pieces_in(row, item))
    if item.kind is ItemKind.FILES:
        here, wanted = Files().count(item)
        return Asked(item, client, asker, pieces, here, wanted, rests, is_done(row, item))
    definition = definition_of(item)
    with acting_as(SYSTEM):
        answers = given(item.id).values
    told = progress(narrowed(definition, answers, viewer.parts.get(item.id, frozenset())), answers)
    return Asked(item, client, asker, pieces, told.answered, told.total, rests)
