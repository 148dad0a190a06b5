"""Who is in which section right now: a mark that is fresh for less than a minute, never chained, and read only by name."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from portal.kernel.action import marking
from portal.kernel.clock import now
from portal.kernel.db import acting_as, db, insert_or_ignore
from portal.kernel.viewer import SYSTEM
from portal.models.definition.shape import Definition
from portal.models.marks import Seen
from portal.models.people import Person
from portal.web.doors import viewer

FRESH = timedelta(seconds=45)
WRITE_EVERY = timedelta(seconds=10)


def note_here(item_id: UUID, whole: Definition, key: str) -> None:
    """Note that the viewer is in a section of an item now; it counts instead of any other section."""
    by, moment = viewer(), now()
    if by.person_id is None or by.seen_as:
        return
    kind = _kind(whole, key)
    with acting_as(SYSTEM):
        marks = list(
            db.session.scalars(select(Seen).where(Seen.person_id == by.person_id, Seen.object_id == item_id, Seen.kind.in_(_kinds(whole))))
        )
    there = next((mark for mark in marks if mark.kind == kind), None)
    newest = max(marks, key=lambda mark: mark.last_at, default=None)
    if there and newest is there and moment - there.last_at < WRITE_EVERY:
        return
    own = (Seen.person_id == by.person_id, Seen.kind == kind, Seen.object_id == item_id)
    with marking() as session:
        values = {"person_id": by.person_id, "kind": kind, "object_id": item_id, "first_at": moment, "last_at": moment}
        insert_or_ignore(Seen, values, session=session)
        session.execute(update(Seen).where(*own).values(last_at=moment))


def others_here(item_id: UUID, whole: Definition, sections: Collection[str]) -> dict[str, list[str]]:
    """The names of the others who are in these sections now, by the key of the section."""
    keys = [section.key for section in whole.sections]
    fresh = (Seen.object_id == item_id, Seen.kind.in_(_kinds(whole)), Seen.last_at > now() - FRESH, Seen.person_id != viewer().person_id)
    query = select(Seen.kind, Person.id, Person.name).join(Person, Person.id == Seen.person_id).where(*fresh)
    found: dict[str, list[str]] = {}
    counted: set[UUID] = set()
    for kind, person_id, name in db.session.execute(query.order_by(Seen.last_at.desc(), Person.name)):
        key = keys[int(kind.partition(":")[2])]
        if person_id not in counted and key in sections:
            found.setdefault(key, []).append(name)
        counted.add(person_id)
    return found


def _kind(whole: Definition, key: str) -> str:
    return f"section:{[section.key for section in whole.sections].index(key)}"


def _kinds(whole: Definition) -> list[str]:
    return [f"section:{n}" for n in range(len(whole.sections))]
