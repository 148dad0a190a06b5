"""Files on their way to an item, from either side. Bytes before row: a file is incoming until it is hashed, durable and committed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select, update

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.record import Audience, Kind, record
from portal.kernel.viewer import Viewer
from portal.models.clients import Client
from portal.models.files import FromSide, Incoming, IncomingState, Upload
from portal.models.items import Item
from portal.storage import Received, blob_key

ROOM = timedelta(hours=6)


@dataclass(frozen=True)
class Arrived:
    """Bytes that lie promoted under their final key, waiting for their row."""

    incoming_id: UUID
    received: Received
    name: str
    type: str


@action
def announce(item: Item, names: Sequence[str], *, by: Viewer) -> list[Incoming]:
    """Note which files are on their way and where their bytes will lie. Whether they may come is asked by the caller."""
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
def keep(item: Item, arrived: Sequence[Arrived], *, side: FromSide, by: Viewer) -> list[Upload]:
    """Write the rows of files whose bytes are safe; from now on we have them. What the firm lays ready is its own business."""
    audience = Audience.SHARED if side is FromSide.CLIENT else Audience.INTERNAL
    kept = []
    for file in arrived:
        incoming = db.session.scalars(select(Incoming).where(Incoming.id == file.incoming_id, Incoming.state == IncomingState.OPEN)).one()
        upload = Upload(
            id=incoming.upload_id,
            client_id=item.client_id,
            project_id=item.project_id,
            item_id=item.id,
            side=side,
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
        record(Kind.FILE_ADDED, upload, by=by, audience=audience, bytes=upload.bytes, hash=upload.sha256, detail={"name": upload.name})
    if kept:
        _count_bytes(item.client_id, sum(upload.bytes for upload in kept))
    return kept


@action
def fail(incoming_ids: Sequence[UUID], *, by: Viewer) -> None:
    """Note that these files were refused or did not arrive."""
    db.session.execute(update(Incoming).where(Incoming.id.in_(incoming_ids)).values(state=IncomingState.FAILED, lease_until=None))


def _count_bytes(client_id: UUID, count: int) -> None:
    db.session.execute(update(Client).where(Client.id == client_id).values(bytes_used=Client.bytes_used + count))
