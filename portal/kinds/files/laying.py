"""Files of ours that belong to a project and to nothing we asked for: laid ready first, given later."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.models import may
from portal.models.clients import Client
from portal.models.files import FromSide, Upload
from portal.models.projects import Project, ProjectState
from portal.models.sharing import Share, ShareFile
from portal.models.talk import MessageFile

MOST_FILES = 50


def may_give(project: Project, count: int = 0, *, by: Viewer) -> None:
    """Refuse before any byte is read: not theirs to do, nobody there to receive it, or too many."""
    require(may.run_clients(by))
    if project.state is ProjectState.DRAFT:
        raise Refused(N_("No client sees this project yet. Send the list first, then the files."))
    if project.state not in (ProjectState.ACTIVE, ProjectState.PAUSED) or db.session.get_one(Client, project.client_id).archived_at:
        raise Refused(N_("This project is closed. Restore it first if there is something to send."))
    if len(ready(project.id)) + count > MOST_FILES:
        raise Refused(N_("At most %(max)s files can be sent at once. Remove some first, or choose fewer."), status=422, max=MOST_FILES)


def ready(project_id: UUID) -> list[Upload]:
    """Our files that lie ready to be given in a project, oldest first."""
    mine = (Upload.project_id == project_id, Upload.item_id.is_(None), Upload.side == FromSide.FIRM, Upload.removed_at.is_(None))
    query = select(Upload).where(*mine, Upload.id.not_in(select(ShareFile.upload_id)), Upload.id.not_in(select(MessageFile.upload_id)))
    return list(db.session.scalars(query.order_by(Upload.received_at, Upload.name, Upload.id)))


def was_given(project: Project, upload_id: UUID) -> Upload | None:
    """A file of ours that was given in a project and can get a new version."""
    given = select(ShareFile.upload_id).join(Share, Share.id == ShareFile.share_id).where(Share.project_id == project.id)
    mine = (Upload.id == upload_id, Upload.project_id == project.id, Upload.side == FromSide.FIRM, Upload.id.in_(given))
    return db.session.scalar(select(Upload).where(*mine))
