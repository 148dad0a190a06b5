"""Writes about files. Bytes before row: a file is incoming until it is hashed, durable and its row committed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select, update

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds import life, reading
from portal.kinds.files import files_of, spec_of
from portal.models import may
from portal.models.clients import Client
from portal.models.files import FromSide, Incoming, IncomingState, Upload
from portal.models.item_states import WITH_CLIENT
from portal.models.items import Item, Part
from portal.storage import Received, blob_key

ROOM = timedelta(hours=6)


@dataclass(frozen=True)
class Arrived:
    """Bytes that lie promoted under their final key, waiting for their row."""

    incoming_id: UUID
    received: Received
    name: str
    type: str


def may_add(item: Item, count: int, *, by: Viewer) -> None:
    """Refuse before any byte is read: not theirs to do, not waiting for them, or too many."""
    require(may.work_on_item(by, item, reading.people_of(item.id, Part.DO)))
    if item.state not in WITH_CLIENT:
        raise Refused(N_("This has been sent already. Take it back first if you want to change it."))
    most = spec_of(item).max_count
    if len(files_of(item.id)) + count > most:
        raise Refused(N_("At most %(max)s files fit here. Remove some first, or choose fewer."), status=422, max=most)


@action
def announce(item: Item, names: Sequence[str], *, by: Viewer) -> list[Incoming]:
    """Note which files are on their way and where their bytes will lie."""
    may_add(item, len(names), by=by)
    rows = []
    for name in names:
        upload_id = uuid4()
        rows.append(
            Incoming(
                id=uuid4(),
                client_id=item.client_id,
                item_id=item.id,
                person_id=by.person_id,
                idempotency_key=uuid4().hex,
                name=name,
                key=blob_key(item.client_id, upload_id),
                upload_id=upload_id,
                created_at=now(),
                expires_at=now() + ROOM,
                lease_until=now() + ROOM,
            )
        )
    db.session.add_all(rows)
    return rows


@action
def keep(item: Item, arrived: Sequence[Arrived], *, by: Viewer) -> list[Upload]:
    """Write the rows of files whose bytes are safe; from now on we have them."""
    may_add(item, len(arrived), by=by)
    kept = []
    for file in arrived:
        incoming = db.session.scalars(select(Incoming).where(Incoming.id == file.incoming_id, Incoming.state == IncomingState.OPEN)).one()
        upload = Upload(
            id=incoming.upload_id,
            client_id=item.client_id,
            project_id=item.project_id,
            item_id=item.id,
            side=FromSide.CLIENT,
            by_id=by.person_id,
            name=file.name,
            bytes=file.received.bytes,
            sha256=file.received.sha256,
            type=file.type,
            key=incoming.key,
            received_at=now(),
        )
        db.session.add(upload)
        incoming.state, incoming.bytes = IncomingState.DONE, file.received.bytes
        db.session.flush()
        kept.append(upload)
        record(Kind.FILE_ADDED, upload, by=by, bytes=upload.bytes, hash=upload.sha256, detail={"name": upload.name})
    if kept:
        _count_bytes(item.client_id, sum(upload.bytes for upload in kept))
        _start(item, by=by)
    return kept


@action
def fail(incoming_ids: Sequence[UUID], *, by: Viewer) -> None:
    """Note that these files were refused or did not arrive."""
    db.session.execute(update(Incoming).where(Incoming.id.in_(incoming_ids)).values(state=IncomingState.FAILED, lease_until=None))


@action
def remove(item: Item, upload_id: UUID, *, by: Viewer) -> str:
    """Take a file off the item while it has not been handed over; its bytes stay until they are purged."""
    require(may.work_on_item(by, item, reading.people_of(item.id, Part.DO)))
    if item.state not in WITH_CLIENT:
        raise Refused(N_("This has been sent already. Take it back first if you want to change it."))
    upload = next((file for file in files_of(item.id) if file.id == upload_id), None)
    if upload is None:
        raise Refused(N_("This file has been removed already."))
    upload.removed_at = now()
    record(Kind.FILE_REMOVED, upload, by=by, detail={"name": upload.name})
    return upload.name


@action
def send(item: Item, note: str, *, by: Viewer) -> None:
    """Hand the files over."""
    life.hand_over(item, by=by, note=note.strip())


def _start(item: Item, *, by: Viewer) -> None:
    before = item.state
    item.start(at=now())
    if item.state is not before:
        record(Kind.ITEM_STARTED, item, by=by)


def _count_bytes(client_id: UUID, count: int) -> None:
    db.session.execute(update(Client).where(Client.id == client_id).values(bytes_used=Client.bytes_used + count))
