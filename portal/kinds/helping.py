"""Who helps with parts of a questionnaire or with all the files of an item, which parts there are, and saying that one is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast
from uuid import UUID

from sqlalchemy import select

from portal.kernel.action import action
from portal.kernel.db import db
from portal.kernel.record import Kind, record
from portal.kernel.refusal import N_, NotFound, Refused
from portal.kernel.viewer import Viewer
from portal.kernel.words import Words
from portal.kinds import reading
from portal.kinds.files.kind import how_many
from portal.kinds.questionnaires.kind import definition_of
from portal.models.definition.shape import Section
from portal.models.helping import FILES
from portal.models.item_states import WITH_CLIENT, ItemKind
from portal.models.items import Item
from portal.models.people import Person
from portal.models.turns import ItemPerson, Part


@dataclass(frozen=True)
class Piece:
    """What can be handed to somebody: a section or one question, called "section:key" or "question:key", or all the "files"."""

    name: str
    words: Words
    keys: tuple[str, ...]
    section: str
    is_section: bool


@dataclass(frozen=True)
class Helper:
    """Somebody who has a part, as the one who asked calls them."""

    row: ItemPerson
    person: Person
    called: str
    pieces: tuple[Piece, ...]
    here: tuple[Words, ...] = ()
    has_all: bool = False
    is_done: bool = False


def pieces_of(item: Item) -> list[Piece]:
    """Every part there is: each section, then its questions; of an item that asks for files, the files."""
    if item.kind is ItemKind.FILES:
        titles = cast("dict[str, dict[str, str]]", item.words)
        return [Piece("files", {language: said.get("title", "") for language, said in titles.items()}, (FILES,), "files", True)]
    found = []
    for section in definition_of(item).sections:
        asked = [question for question in section.questions if question.type.is_asked]
        whole = tuple(question.key for question in section.questions)
        found.append(Piece(f"section:{section.key}", section.title, whole, section.key, True))
        found += [Piece(f"question:{one.key}", one.label, (one.key,), section.key, False) for one in asked]
    return found


def row_of(item_id: UUID, person_id: UUID) -> ItemPerson | None:
    """That somebody was asked for a part of an item, even if it was taken back since."""
    mine = (ItemPerson.item_id == item_id, ItemPerson.person_id == person_id, ItemPerson.part == Part.HELP)
    return db.session.scalar(select(ItemPerson).where(*mine))


def helpers_of(item: Item) -> list[Helper]:
    """Who has parts of an item now, in the order they were asked."""
    now = (ItemPerson.item_id == item.id, ItemPerson.part == Part.HELP, ItemPerson.ended_at.is_(None))
    query = select(ItemPerson, Person).join(Person, Person.id == ItemPerson.person_id).where(*now)
    rows = db.session.execute(query.order_by(ItemPerson.position, Person.name))
    pieces = pieces_of(item)
    return [Helper(row, person, called(row, person), tuple(_given(row, pieces)), is_done=is_done(row, item)) for row, person in rows]


def helpers_in(item: Item, section: Section) -> list[Helper]:
    """Who has a part of one section, with what they have of it."""
    found = [(one, [piece for piece in one.pieces if piece.section == section.key]) for one in helpers_of(item)]
    return [replace(one, here=tuple(piece.words for piece in near), has_all=near[0].is_section) for one, near in found if near]


def called(row: ItemPerson, person: Person) -> str:
    """The name the one who asked wrote: what the firm knows of an address is not for others to read."""
    return str((row.scope or {}).get("called") or person.name)


def pieces_in(row: ItemPerson, item: Item) -> Sequence[Piece]:
    """The parts one person has."""
    return _given(row, pieces_of(item))


def is_done(row: ItemPerson, item: Item) -> bool:
    """Whether somebody said that all of theirs is there; once it is asked for again, it is not."""
    return (row.scope or {}).get("done") == item.round


def has_said(item: Item, person_id: UUID) -> bool:
    """Whether this person said that all of theirs is there."""
    row = row_of(item.id, person_id)
    return row is not None and is_done(row, item)


@action
def say_done(item: Item, *, by: Viewer) -> None:
    """Tell whoever asked that the files are there. The item stays with the client, who sends it."""
    row = row_of(item.id, by.person_id) if by.person_id else None
    if row is None or row.ended_at or item.id not in by.parts:
        raise NotFound
    reading.need_answerer(item, (FILES,), by=by)
    if item.state not in WITH_CLIENT:
        raise Refused(N_("This has been sent already. Nothing was changed."))
    if not how_many(item.id):
        raise Refused(N_("Choose at least one file first."), status=422)
    if not is_done(row, item):
        row.scope = {**(row.scope or {}), "done": item.round}
        record(Kind.PART_DONE, item, by=by, person=row.asked_by, part=row.id)


def _given(row: ItemPerson, pieces: Sequence[Piece]) -> list[Piece]:
    names = cast("list[str]", (row.scope or {}).get("pieces", []))
    return [piece for piece in pieces if piece.name in names]
