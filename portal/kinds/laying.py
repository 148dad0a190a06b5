"""Files of ours that belong to a project and to nothing we asked for: laid ready first, given later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Audience, Kind, record
from portal.kernel.viewer import Viewer
from portal.kinds import arrival, room
from portal.kinds.incoming import Arrived
from portal.models import may
from portal.models.files import FromSide, Incoming, IncomingState, Upload
from portal.models.projects import Project
from portal.models.sharing import ShareFile
from portal.storage import blob_key

STAYS = timedelta(hours=6)


@action
def announce(project: Project, names: Sequence[str], *, by: Viewer) -> list[Incoming]:
    """Note which files are on their way and where their bytes will lie."""
    require(may.run_clients(by))
    rows = []
    for name in names:
        upload_id = uuid4()
        row = Incoming(id=uuid4(), client_id=project.client_id, person_id=by.person_id, idempotency_key=uuid4().hex, name=name)
        row.key, row.upload_id = blob_key(project.client_id, upload_id), upload_id
        row.created_at, row.expires_at, row.lease_until = now(), now() + STAYS, now() + STAYS
        rows.append(row)
    db.session.add_all(rows)
    return rows


@action
def keep(project: Project, arrived: Sequence[Arrived], *, replaces: Upload | None, by: Viewer) -> list[Upload]:
    """Write the rows of files whose bytes are safe; nobody outside knows of them yet."""
    require(may.run_clients(by))
    kept = []
    for file in arrived:
        incoming = db.session.scalars(select(Incoming).where(Incoming.id == file.incoming_id, Incoming.state == IncomingState.OPEN)).one()
        upload = Upload(id=incoming.upload_id, client_id=project.client_id, project_id=project.id, side=FromSide.FIRM, by_id=by.person_id)
        upload.name, upload.type, upload.key, upload.received_at = file.name, file.type, incoming.key, now()
        upload.bytes, upload.sha256, upload.version = file.received.bytes, file.received.sha256, 1
        if replaces:
            upload.take_the_place_of(replaces)
        db.session.add(upload)
        incoming.state, incoming.bytes, incoming.lease_until = IncomingState.DONE, file.received.bytes, None
        arrival.settle(upload, file.looked)
        db.session.flush()
        kept.append(upload)
        record(
            Kind.FILE_ADDED, upload, by=by, audience=Audience.INTERNAL, bytes=upload.bytes, hash=upload.sha256, detail={"name": upload.name}
        )
    room.count(project.client_id, used=sum(upload.bytes for upload in kept))
    return kept


def ready(project_id: UUID) -> list[Upload]:
    """Our files that lie ready to be given in a project, oldest first."""
    mine = (Upload.project_id == project_id, Upload.item_id.is_(None), Upload.side == FromSide.FIRM, Upload.removed_at.is_(None))
    query = select(Upload).where(*mine, Upload.id.not_in(select(ShareFile.upload_id)))
    return list(db.session.scalars(query.order_by(Upload.received_at, Upload.name, Upload.id)))
