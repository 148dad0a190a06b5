"""Looking after previews: which are lost, were never made, or should be gone. All of them can be made again, so mending loses nothing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portal.kernel.action import action
from portal.kernel.db import db
from portal.kernel.scope import find
from portal.kinds.previews import ordering as previews
from portal.kinds.previews.making import forget
from portal.models.files import Upload
from portal.models.previews import Preview
from portal.storage.current import store
from portal.storage.painting import KINDS


def amiss(*, received_before: datetime) -> list[UUID]:
    """The files whose previews are not as they should be: bytes lost (as after a restore), never made, or of a file nobody may look at."""
    rows = list(db.session.scalars(select(Preview)))
    files = {upload.id: upload for upload in db.session.scalars(select(Upload).where(Upload.type.in_(KINDS)))}
    lying = {stored.key for stored in store().keys("previews/")}
    wrong = {row.upload_id for row in rows if not {copy.key for copy in row.copies} <= lying or not files[row.upload_id].may_be_shown}
    made = {row.upload_id for row in rows if row.page == 1}
    wrong |= {u.id for u in files.values() if u.may_be_shown and u.id not in made and u.received_at < received_before}
    return sorted(wrong)


def strays(*, written_before: datetime) -> list[str]:
    """Keys that belong to no preview: the process that painted them died before their row was written."""
    old = [stored.key for stored in store().keys("previews/") if stored.written_at < written_before]
    known = {copy.key for row in db.session.scalars(select(Preview)) for copy in row.copies} if old else set()
    return [key for key in old if key not in known]


def anew(upload_ids: list[UUID]) -> None:
    """Throw away what is there of these and have it made again, where it may be."""
    for upload_id in upload_ids:
        upload = find(Upload, upload_id)
        db.session.expunge(upload)
        forget(upload)
        _order(upload)


@action
def _order(upload: Upload) -> None:
    if upload.may_be_shown:
        previews.order(upload)


def sweep(keys: list[str]) -> None:
    """Drop keys that belong to no preview."""
    for key in keys:
        store().delete(key)
