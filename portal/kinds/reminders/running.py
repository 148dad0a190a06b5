"""Putting reminders on their way, each person's in one letter a day. Run it as often as you like, late, twice or from two workers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from functools import partial
from uuid import UUID

from sqlalchemy import select, update

from portal.kernel import outbox
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db, insert_or_ignore, open_session
from portal.kernel.outbox import Lane, Outbox, Stand
from portal.kernel.viewer import SYSTEM
from portal.kinds.reminders.gathering import LETTER, Reader, around, readers, those
from portal.kinds.reminders.steps import OLDEST, Around, Occasion, Thing, due, had_enough, held_until, soon
from portal.models.clients import Client, Membership
from portal.models.reminders import Reminded, ReminderDay

AT_ONCE = 500
NOBODY = Around()
Due = list[tuple[Thing, Occasion]]
Key = tuple[str, UUID, UUID, date]


def run() -> int:
    """Look at everybody once; returns how many letters were put on their way. Reads first, and writes only where something is due."""
    open_session(SYSTEM, writes=False)
    speak = select(Membership.person_id).join(Client, Client.id == Membership.client_id)
    living = speak.where(Membership.ended_at.is_(None), Client.archived_at.is_(None))
    ids = list(db.session.scalars(living.distinct().order_by(Membership.person_id)))
    return sum(_run_for(ids[start : start + AT_ONCE]) for start in range(0, len(ids), AT_ONCE))


def _run_for(person_ids: list[UUID]) -> int:
    open_session(SYSTEM, writes=False)
    at = now()
    waiting = readers(at, those(person_ids), people=frozenset(person_ids), such_things=partial(soon, at=at))
    ready = _ready(waiting, at)
    db.session.expunge_all()
    if not ready:
        return 0
    open_session(SYSTEM, writes=True)
    return _post(ready, at)


def _ready(waiting: list[Reader], at: datetime) -> list[tuple[Reader, Due]]:
    """Who can be written to now, and about what; of the night, of days off and of what left already nothing more is read."""
    maybe = [reader for reader in waiting if not _is_held(reader, come(reader, NOBODY, at), NOBODY, at)]
    known = _known(maybe, at) if maybe else set()
    new = [reader for reader in maybe if _left(reader, NOBODY, known, at)]
    lately = around([reader.person.id for reader in new], at) if new else {}
    found = []
    for reader in new:
        about = lately[reader.person.id]
        what = _left(reader, about, known, at)
        if not had_enough(reader.zone, about, at) and not _is_held(reader, what, about, at):
            found.append((reader, what))
    return found


def _left(reader: Reader, about: Around, known: set[Key], at: datetime) -> Due:
    return [(thing, one) for thing, one in come(reader, about, at) if key(thing, one, reader) not in known]


def _is_held(reader: Reader, what: Due, about: Around, at: datetime) -> bool:
    return not what or held_until(reader.zone, [thing.calendar for thing, _ in what], about, at) is not None


def come(reader: Reader, about: Around, at: datetime) -> Due:
    """What a reader may be reminded of now, without the clients who have a day off where the reader is."""
    today = at.astimezone(reader.zone).date()
    steps = [(thing, due(thing, reader.zone, at, nudged=about.nudges.get(thing.project_id))) for thing in reader.things]
    return [(thing, one) for thing, one in steps if one and thing.calendar.works_on(today)]


def key(thing: Thing, one: Occasion, reader: Reader) -> Key:
    """What may happen once: a step of a schedule, for an item, to a person, on a day of theirs."""
    return f"{thing.rule}:{one.n}", thing.item_id, reader.person.id, one.day


def _known(waiting: Collection[Reader], at: datetime) -> set[Key]:
    """What went on its way already, of what could be due."""
    lately = (at - OLDEST).date()
    mine = (Reminded.person_id.in_([one.person.id for one in waiting]), Reminded.local_date >= date.fromordinal(lately.toordinal() - 1))
    rows = db.session.execute(select(Reminded.rule, Reminded.item_id, Reminded.person_id, Reminded.local_date).where(*mine))
    return {(row.rule, row.item_id, row.person_id, row.local_date) for row in rows}


@action
def _post(ready: list[tuple[Reader, Due]], at: datetime) -> int:
    return sum(_letter(reader, what, at) for reader, what in ready)


def _letter(reader: Reader, what: Due, at: datetime) -> bool:
    """Put one letter on its way, or add to one that still waits; False when another worker was faster."""
    who, day = reader.person.id, at.astimezone(reader.zone).date()
    here, leaves_now = _on_its_way(who)
    if leaves_now or not insert_or_ignore(ReminderDay, {"person_id": who, "local_date": day, "at": at}):
        return False
    row_id = here or outbox.post(
        LETTER,
        lane=Lane.ASK,
        person_id=who,
        facts={},
        client_id=_only({thing.client_id for thing, _ in what}),
        project_id=_only({thing.project_id for thing, _ in what}),
        life=OLDEST,
    )
    if here:
        db.session.execute(update(Outbox).where(Outbox.id == here).values(expires_at=at + OLDEST, project_id=None, client_id=None))
    for thing, one in what:
        rule, item_id, person_id, day = key(thing, one, reader)
        made = {"rule": rule, "item_id": item_id, "person_id": person_id, "local_date": day}
        about = {"client_id": thing.client_id, "project_id": thing.project_id, "n": one.n, "tone": one.step.tone, "is_last": one.is_last}
        insert_or_ignore(Reminded, made | about | {"outbox_id": row_id})
    return here is None


def _on_its_way(person_id: UUID) -> tuple[UUID | None, bool]:
    """A letter of earlier days that could not leave yet, and whether it is leaving at this moment."""
    mine = (Outbox.kind == LETTER, Outbox.person_id == person_id, Outbox.state.in_((Stand.WAITING, Stand.LEASED)))
    row = db.session.scalars(select(Outbox).where(*mine, Outbox.expires_at > now()).with_for_update().limit(1)).first()
    return (row.id, row.state is Stand.LEASED) if row else (None, False)


def _only(ids: set[UUID]) -> UUID | None:
    return next(iter(ids)) if len(ids) == 1 else None
