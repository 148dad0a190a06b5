"""Who helps with parts of a questionnaire, and which parts there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast
from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kernel.words import Words
from portal.models.definition.shape import Definition, Section
from portal.models.people import Person
from portal.models.turns import ItemPerson, Part


@dataclass(frozen=True)
class Piece:
    """A part of a questionnaire that can be handed to somebody: a section or one question, called "section:key" or "question:key"."""

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


def pieces_of(definition: Definition) -> list[Piece]:
    """Every part there is: each section, then its questions."""
    found = []
    for section in definition.sections:
        asked = [question for question in section.questions if question.type.is_asked]
        whole = tuple(question.key for question in section.questions)
        found.append(Piece(f"section:{section.key}", section.title, whole, section.key, True))
        found += [Piece(f"question:{one.key}", one.label, (one.key,), section.key, False) for one in asked]
    return found


def row_of(item_id: UUID, person_id: UUID) -> ItemPerson | None:
    """That somebody was asked for a part of an item, even if it was taken back since."""
    mine = (ItemPerson.item_id == item_id, ItemPerson.person_id == person_id, ItemPerson.part == Part.HELP)
    return db.session.scalar(select(ItemPerson).where(*mine))


def helpers_of(item_id: UUID, definition: Definition) -> list[Helper]:
    """Who has parts of an item now, in the order they were asked."""
    now = (ItemPerson.item_id == item_id, ItemPerson.part == Part.HELP, ItemPerson.ended_at.is_(None))
    query = select(ItemPerson, Person).join(Person, Person.id == ItemPerson.person_id).where(*now)
    pieces = pieces_of(definition)
    rows = db.session.execute(query.order_by(ItemPerson.position, Person.name))
    return [Helper(row, person, called(row, person), tuple(_given(row, pieces))) for row, person in rows]


def helpers_in(item_id: UUID, definition: Definition, section: Section) -> list[Helper]:
    """Who has a part of one section, with what they have of it."""
    helpers = helpers_of(item_id, definition)
    found = [(one, [piece for piece in one.pieces if piece.section == section.key]) for one in helpers]
    return [replace(one, here=tuple(piece.words for piece in near), has_all=near[0].is_section) for one, near in found if near]


def called(row: ItemPerson, person: Person) -> str:
    """The name the one who asked wrote: what the firm knows of an address is not for others to read."""
    return str((row.scope or {}).get("called") or person.name)


def pieces_in(row: ItemPerson, definition: Definition) -> Sequence[Piece]:
    """The parts one person has."""
    return _given(row, pieces_of(definition))


def _given(row: ItemPerson, pieces: Sequence[Piece]) -> list[Piece]:
    names = cast("list[str]", (row.scope or {}).get("pieces", []))
    return [piece for piece in pieces if piece.name in names]
