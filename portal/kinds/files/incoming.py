"""Files on their way, from either side. Bytes before row: a file is incoming until it is hashed, durable and committed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db, rows_changed
from portal.kernel.record import Audience, Kind, record
from portal.kernel.viewer import Viewer
from portal.kinds.files import arrival, room
from portal.models.files import FromSide, Incoming, IncomingState, Upload
from portal.models.items import Item
from portal.storage import Begun, NoSuchKey, Part, Received, blob_key
from portal.storage.arrival import Looked
from portal.storage.current import store

PLAIN_FORM = timedelta(hours=6)
STAY = timedelta(days=7)  # so long somebody may take to come back to a file they began to send
PART = 8 * 1024 * 1024
ALIVE = (IncomingState.OPEN, IncomingState.COMPLETING)


class Overtaken(Exception):
    """The file is not on its way any more: somebody else kept it or gave it up."""


@dataclass(frozen=True)
class Arrived:
    """Bytes that lie promoted under their final key, waiting for their row."""

    incoming_id: UUID
    received: Received
    name: str
    type: str
    looked: Looked = field(default_factory=Looked)


@dataclass(frozen=True)
class Coming:
    """A file as the browser announces it: the fingerprint tells it from another of the same name, the key tells repeats of one call."""

    name: str
    bytes: int
    fingerprint: str
    key: str


@dataclass(frozen=True)
class Bound:
    """What files are bound for: an item or, without one, what we lay ready in a project; and the file whose place they take."""

    client_id: UUID
    project_id: UUID
    item_id: UUID | None = None
    side: FromSide = FromSide.FIRM
    replaces_id: UUID | None = None
    question: str = ""
    facts: Mapping[str, int] = field(default_factory=dict)  # what the record says of these files besides


def for_item(item: Item, *, side: FromSide, replaces_id: UUID | None = None, question: str = "") -> Bound:
    """What files for an item, or for one of its questions, are bound for."""
    return Bound(item.client_id, item.project_id, item.id, side, replaces_id, question)


@action
def announce(to: Bound, names: Sequence[str], *, by: Viewer) -> list[Incoming]:
    """Note which files a plain form brings and where their bytes will lie. Whether they may come is asked by the caller."""
    beside = uuid4()
    rows = [_row(to, name, uuid4().hex, beside=beside, stays=PLAIN_FORM, by=by) for name in names]
    db.session.add_all(rows)
    return rows


@action
def expect(to: Bound, files: Sequence[Coming], *, by: Viewer) -> list[Incoming]:
    """Note which files will come and keep room for them; one that is announced again, also days later, is the one it was."""
    keys, beside = {file: _own_key(file.key, to, by=by) for file in files}, uuid4()
    known = _known(to, list(keys.values()), by=by)
    rows, new = [], []
    for file in files:
        row = known.get(keys[file]) or known.get(_likeness(file))
        if row is None:
            row = _row(to, file.name, keys[file], beside=beside, stays=STAY, by=by)
            row.bytes, row.fingerprint = file.bytes, file.fingerprint
            row.part_bytes = PART if file.bytes > PART else 0
            new.append(row)
        rows.append(row)
    if new:
        room.reserve(to.client_id, sum(row.bytes for row in new), by=by)
        db.session.add_all(new)
    return rows


def unfinished(to: Bound, *, by: Viewer) -> list[Incoming]:
    """The files this person began to send there and has not finished, oldest first."""
    return _unfinished(*sent_to(to, by=by))


def under_way(person_id: UUID | None) -> int:
    """How many files a person has begun to send, to wherever, and has not finished."""
    theirs = (Incoming.person_id == person_id, Incoming.fingerprint != "", _alive())
    return db.session.scalar(select(func.count()).select_from(Incoming).where(*theirs)) or 0


def unfinished_answers(item_id: UUID, *, by: Viewer) -> list[Incoming]:
    """The files this person began to send for any question of an item and has not finished, oldest first."""
    return _unfinished(Incoming.item_id == item_id, Incoming.question_key != "", Incoming.person_id == by.person_id)


def _unfinished(*there: ColumnElement[bool]) -> list[Incoming]:
    going = select(Incoming).where(*there, Incoming.fingerprint != "", _alive())
    return list(db.session.scalars(going.order_by(Incoming.created_at, Incoming.name, Incoming.id)))


@action
def place(incoming_id: UUID, begun: Begun, *, by: Viewer) -> bool:
    """Note where the store keeps what comes of a file; False when that is known already."""
    free = (Incoming.id == incoming_id, Incoming.key_in_incoming == "", Incoming.state == IncomingState.OPEN)
    noted = update(Incoming).where(*free).values(key_in_incoming=begun.key_in_incoming, store_id=begun.store_id)
    return rows_changed(noted) == 1


@action
def claim(incoming_id: UUID, *, within: timedelta, by: Viewer) -> bool:
    """Win the right to finish a file; one of all who try gets it, and loses it when it takes too long."""
    free = or_(Incoming.state == IncomingState.OPEN, and_(Incoming.state == IncomingState.COMPLETING, Incoming.lease_until < now()))
    won = update(Incoming).where(Incoming.id == incoming_id, free)
    return rows_changed(won.values(state=IncomingState.COMPLETING, lease_until=now() + within)) == 1


@action
def hold(incoming_id: UUID, *, within: timedelta, by: Viewer) -> bool:
    """Keep the right to finish a file for longer; False when it was lost, or the file is finished."""
    mine = (Incoming.id == incoming_id, Incoming.state == IncomingState.COMPLETING)
    return rows_changed(update(Incoming).where(*mine).values(lease_until=now() + within)) == 1


@action
def release(incoming_id: UUID, *, by: Viewer) -> None:
    """Give the right to finish a file back: it was not complete, or the store could not."""
    mine = (Incoming.id == incoming_id, Incoming.state == IncomingState.COMPLETING)
    db.session.execute(update(Incoming).where(*mine).values(state=IncomingState.OPEN, lease_until=None))


@action
def displace(incoming_id: UUID, *, by: Viewer) -> None:
    """Forget where the store kept what had come, for it is lost: a backup was brought back, or a bucket cleared old uploads away."""
    mine = (Incoming.id == incoming_id, Incoming.state == IncomingState.COMPLETING)
    db.session.execute(update(Incoming).where(*mine).values(key_in_incoming="", store_id=""))


def sent_to(to: Bound, *, by: Viewer) -> tuple[ColumnElement[bool], ...]:
    """That a file is, or was, on its way there and this person sends it."""
    there = (Incoming.project_id == to.project_id, Incoming.item_id == to.item_id, Incoming.replaces_id == to.replaces_id)
    return (*there, Incoming.question_key == to.question, Incoming.person_id == by.person_id)


@action
def keep(to: Bound, arrived: Sequence[Arrived], *, by: Viewer) -> list[Upload]:
    """Write the rows of files whose bytes are safe; from now on we have them. What the firm lays ready is its own business."""
    heard = Audience.SHARED if to.side is FromSide.CLIENT else Audience.INTERNAL
    older = db.session.get_one(Upload, to.replaces_id) if to.replaces_id else None
    living = still_coming([file.incoming_id for file in arrived])
    kept: list[Upload] = []
    reserved = 0
    for file in arrived:
        if file.incoming_id not in living:
            raise Overtaken
        incoming = living[file.incoming_id]
        upload = Upload(
            id=incoming.upload_id,
            client_id=to.client_id,
            project_id=to.project_id,
            item_id=to.item_id,
            question_key=to.question,
            side=to.side,
            by_id=by.person_id,
            name=file.name,
            bytes=file.received.bytes,
            sha256=file.received.sha256,
            type=file.type,
            key=incoming.key,
            received_at=now(),
            version=1,
        )
        if older:
            upload.take_the_place_of(older)
        reserved += incoming.bytes
        incoming.state, incoming.bytes, incoming.lease_until = IncomingState.DONE, file.received.bytes, None
        kept.append(upload)
    arrival.settle(list(zip(kept, [file.looked for file in arrived], strict=True)))
    db.session.add_all(kept)
    db.session.flush()
    for row in kept:
        record(Kind.FILE_ADDED, row, by=by, audience=heard, bytes=row.bytes, hash=row.sha256, detail={"name": row.name}, **to.facts)
    if kept:
        room.count(to.client_id, used=sum(upload.bytes for upload in kept), reserved=-reserved)
    return kept


@action
def fail(incoming_ids: Sequence[UUID], *, by: Viewer, finding: Mapping[str, object] | None = None) -> None:
    """Note that these files were refused, removed or did not arrive, and give their room back."""
    rows = list(db.session.scalars(select(Incoming).where(Incoming.id.in_(incoming_ids), _alive()).with_for_update()))
    for row in rows:
        row.state, row.lease_until, row.finding = IncomingState.FAILED, None, dict(finding) if finding else None
    for client_id in {row.client_id for row in rows}:
        room.count(client_id, reserved=-sum(row.bytes for row in rows if row.client_id == client_id))


@action
def stop(client_id: UUID, person_id: UUID, *, by: Viewer) -> None:
    """Expect nothing more of what somebody began to send for a client, for they speak for it no longer."""
    theirs = (Incoming.client_id == client_id, Incoming.person_id == person_id)
    fail(list(db.session.scalars(select(Incoming.id).where(*theirs, _alive()))), by=by)


def still_coming(incoming_ids: Sequence[UUID]) -> dict[UUID, Incoming]:
    """Those of these files that are still on their way, locked in a fixed order and as they are now."""
    query = select(Incoming).where(Incoming.id.in_(incoming_ids), _alive()).order_by(Incoming.id)
    return {row.id: row for row in db.session.scalars(query.with_for_update().execution_options(populate_existing=True))}


def overdue() -> list[Incoming]:
    """Files nobody came back to in time."""
    late = (_alive(), Incoming.expires_at < now(), or_(Incoming.lease_until.is_(None), Incoming.lease_until < now()))
    return list(db.session.scalars(select(Incoming).where(*late)))


def begun(row: Incoming) -> Begun | None:
    """Where the store keeps what has come of a file, once it was asked for a place."""
    return Begun(row.key_in_incoming, row.store_id) if row.key_in_incoming else None


def here(row: Incoming) -> list[Part]:
    """The parts that have come."""
    known = begun(row)
    try:
        return store().parts(known) if known else []
    except NoSuchKey:
        return []


def lengths(row: Incoming) -> list[int]:
    """How long each part of a file must be."""
    if not row.part_bytes:
        return [row.bytes]
    full, rest = divmod(row.bytes, row.part_bytes)
    return [row.part_bytes] * full + ([rest] if rest else [])


def _row(to: Bound, name: str, key: str, *, beside: UUID, stays: timedelta, by: Viewer) -> Incoming:
    upload_id = uuid4()
    return Incoming(
        id=uuid4(),
        client_id=to.client_id,
        project_id=to.project_id,
        item_id=to.item_id,
        replaces_id=to.replaces_id,
        question_key=to.question,
        person_id=by.person_id,
        idempotency_key=key,
        name=name,
        bytes=0,
        key=blob_key(to.client_id, upload_id, beside=beside),
        upload_id=upload_id,
        state=IncomingState.OPEN,
        created_at=now(),
        expires_at=now() + stays,
    )


def _known(to: Bound, keys: Sequence[str], *, by: Viewer) -> dict[object, Incoming]:
    """The person's rows bound for there that are one of these, by key and by likeness."""
    rows = list(db.session.scalars(select(Incoming).where(*sent_to(to, by=by), or_(Incoming.idempotency_key.in_(keys), _alive()))))
    alike: dict[object, Incoming] = {(row.name, row.bytes, row.fingerprint): row for row in rows if row.fingerprint and row.state in ALIVE}
    return alike | {row.idempotency_key: row for row in rows}


def _likeness(file: Coming) -> tuple[str, int, str]:
    return file.name, file.bytes, file.fingerprint


def _own_key(key: str, to: Bound, *, by: Viewer) -> str:
    """The key of a call as we keep it: nobody else's, and none for another place, can be the same."""
    return hashlib.sha256(f"{by.person_id}:{to.item_id or to.project_id}:{to.replaces_id}:{to.question}:{key}".encode()).hexdigest()


def _alive() -> ColumnElement[bool]:
    return Incoming.state.in_(ALIVE)
