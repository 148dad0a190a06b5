"""Deciding again at the moment of sending, from what is true then."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kinds.reminders.gathering import around, readers, those
from portal.kinds.reminders.running import Due, come, key
from portal.kinds.reminders.steps import had_enough, held_until
from portal.models.people import Person
from portal.models.reminders import Reminded


def decide(person: Person, row_id: UUID) -> Due | datetime:
    """What of a letter is still to be said, nothing when it is called off; or until when it has to wait."""
    at = now()
    rows = db.session.scalars(select(Reminded).where(Reminded.outbox_id == row_id)).all()
    meant = {(row.rule, row.item_id, row.person_id, row.local_date) for row in rows}
    reader = next(iter(readers(at, those([person.id]), people=[person.id])), None) if meant else None
    if reader is None:
        return []
    about = around([person.id], at, but=row_id)[person.id]
    if had_enough(reader.zone, about, at):
        return []
    left = [(thing, one) for thing, one in come(reader, about, at) if key(thing, one, reader) in meant]
    if not left:
        return []
    return held_until(reader.zone, [thing.calendar for thing, _ in left], about, at) or left
