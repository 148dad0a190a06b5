"""The mark that a contact opened something: when first, when last. A mark, not an event; staff who look through their eyes leave none.

`g.opens` tells the navigation what is open right now: it is not new any more.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from flask import g, request
from sqlalchemy import select, update

from portal.kernel.action import marking
from portal.kernel.clock import now
from portal.kernel.db import Identified, db, insert_or_ignore
from portal.models.marks import Seen
from portal.web.doors import viewer

EVERY = timedelta(minutes=5)


def note_opened(thing: Identified, *, kind: str = "item") -> None:
    """Note that the viewer opened an item or something else, at most once in five minutes."""
    by, moment = viewer(), now()
    g.opens = kind, thing.id
    if request.method != "GET" or not by.is_client or by.seen_as or by.person_id is None:
        return
    last = db.session.scalar(select(Seen.last_at).where(*_of(by.person_id, kind, thing.id)))
    if last and moment - last < EVERY:
        return
    with marking() as marks:
        if last:
            marks.execute(update(Seen).where(*_of(by.person_id, kind, thing.id)).values(last_at=moment))
        else:
            values = {"person_id": by.person_id, "kind": kind, "object_id": thing.id, "first_at": moment, "last_at": moment}
            insert_or_ignore(Seen, values, session=marks)


def note_read(thread_id: UUID, *, newest: datetime) -> None:
    """Note that the viewer has read a thread up to its newest message; of staff too, so that clients see that they were heard.

    What is said while the page is on its way is later than that message, and so is not taken for read.
    """
    by, moment = viewer(), now()
    g.opens = "thread", thread_id
    if request.method != "GET" or by.seen_as or by.person_id is None:
        return
    mine = _of(by.person_id, "thread", thread_id)
    last = db.session.scalar(select(Seen.last_at).where(*mine))
    if last and last >= newest:
        return
    with marking() as marks:
        values = {"person_id": by.person_id, "kind": "thread", "object_id": thread_id, "first_at": moment, "last_at": newest}
        if not insert_or_ignore(Seen, values, session=marks):
            marks.execute(update(Seen).where(*mine, Seen.last_at < newest).values(last_at=newest))


def _of(person_id: UUID, kind: str, thing_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    return Seen.person_id == person_id, Seen.kind == kind, Seen.object_id == thing_id
