"""What happens to a file in the transaction that writes its row: what we saw in it is kept, and what comes next is ordered."""

from __future__ import annotations

from sqlalchemy import select

from portal.kernel.db import db
from portal.kinds import previews, scanning
from portal.models.files import Upload
from portal.storage.arrival import Looked
from portal.storage.checks import Code, Finding


def settle(upload: Upload, looked: Looked) -> None:
    """Keep what we saw in a file beside its row."""
    upload.seen = dict(looked.seen)
    found = [finding for finding in looked.findings if not finding.blocks]
    upload.findings = [_kept(finding) for finding in [*found, *_same_before(upload)]]
    scanning.order(upload)
    if upload.may_be_shown:
        previews.order(upload)


def _kept(finding: Finding) -> dict[str, object]:
    """A finding as it is kept: the name stands in the row already."""
    return {"code": finding.code.value, **{key: value for key, value in finding.facts.items() if key != "name"}}


def _same_before(upload: Upload) -> list[Finding]:
    """Whether these very bytes lie in this project already, and since when."""
    mine = (Upload.client_id == upload.client_id, Upload.project_id == upload.project_id, Upload.sha256 == upload.sha256)
    there = (Upload.side == upload.side, Upload.removed_at.is_(None), Upload.id != upload.id)
    query = select(Upload.id, Upload.received_at).where(*mine, *there).order_by(Upload.received_at).limit(1)
    first = db.session.execute(query).first()
    if first is None:
        return []
    return [Finding(Code.DUPLICATE, {"upload": str(first.id), "on": first.received_at.isoformat()}, blocks=False)]
