"""What happens to a file in the transaction that writes its row: what we saw in it is kept, and what comes next is ordered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kinds.files import scanning
from portal.kinds.previews import ordering as previews
from portal.models.files import Upload
from portal.storage.arrival import Looked
from portal.storage.checks import Code, Finding


def settle(files: Sequence[tuple[Upload, Looked]]) -> None:
    """Keep what we saw in files beside their rows; all of them are bound for one place."""
    before = _same_before([upload for upload, _ in files])
    for upload, looked in files:
        upload.seen = dict(looked.seen)
        found = [finding for finding in looked.findings if not finding.blocks]
        first, on = before.setdefault(upload.sha256, (upload.id, upload.received_at))
        if first != upload.id:
            found.append(Finding(Code.DUPLICATE, {"upload": str(first), "on": on.isoformat()}, blocks=False))
        upload.findings = [_kept(finding) for finding in found]
        scanning.order(upload)
        if upload.may_be_shown:
            previews.order(upload)


def _kept(finding: Finding) -> dict[str, object]:
    """A finding as it is kept: the name stands in the row already."""
    return {"code": finding.code.value, **{key: value for key, value in finding.facts.items() if key != "name"}}


def _same_before(uploads: Sequence[Upload]) -> dict[str, tuple[UUID, datetime]]:
    """The first file in the same project, and from the same side, with the very bytes of each of these, by their hash: which, and when."""
    if not uploads:
        return {}
    one = uploads[0]
    mine = (Upload.client_id == one.client_id, Upload.project_id == one.project_id, Upload.sha256.in_([each.sha256 for each in uploads]))
    there = (Upload.side == one.side, Upload.removed_at.is_(None))
    query = select(Upload.sha256, Upload.id, Upload.received_at).where(*mine, *there)
    found = db.session.execute(query.order_by(Upload.received_at.desc(), Upload.id.desc()))
    return {row.sha256: (row.id, row.received_at) for row in found}
