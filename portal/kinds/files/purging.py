"""Files nobody needs any more: once their keeping time is over their bytes go, and their row stays and says so.

These are files that were removed, and what is left behind on an item that is over: versions that others took the place of, files that
were never sent or presented. What was ever handed over, given or presented is evidence and stays for ever.

The row is marked first, and from then on nobody is handed the file; then the bytes of its previews and its own go; last the row says
so, and the room is free. Every step may be repeated.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, cast, delete, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from portal.kernel import chores
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db, open_session
from portal.kernel.record import Audience, Kind, record
from portal.kernel.viewer import SYSTEM
from portal.kinds.files import room
from portal.models.approvals import VersionFile
from portal.models.deliveries import HandOver
from portal.models.files import PURGING, Upload
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.people import the_firm
from portal.models.previews import Preview
from portal.models.sharing import ShareFile
from portal.storage import StorageError
from portal.storage.current import store

PURGE = "purge"
KEPT_DAYS = 30
LEAST_DAYS, MOST_DAYS = 1, 3650
BATCH = 50
OVER = (ItemState.ACCEPTED, ItemState.WAIVED)


def kept_days() -> int:
    """For how many days a file is kept that nobody needs any more."""
    said = the_firm().settings.get("keep_removed_days")
    return said if isinstance(said, int) and LEAST_DAYS <= said <= MOST_DAYS else KEPT_DAYS


@action
def begin() -> None:
    """Order the purge where there is something to do, as the worker does every hour."""
    if db.session.scalar(select(Upload.id).where(or_(PURGING, is_due(now() - timedelta(days=kept_days())))).limit(1)):
        chores.order(PURGE, facts={}, dedupe=PURGE)


@chores.chore(PURGE)
def purge(_facts: chores.Facts) -> None:
    """Finish what was begun, then begin with the next few, and come back for the others."""
    more = True
    while more:
        open_session(SYSTEM, writes=True)
        more = _mark(now() - timedelta(days=kept_days()))
        for upload_id in begun():
            finish(upload_id)


def begun(*, before: datetime | None = None) -> list[UUID]:
    """The files that are marked (before some moment), and of which bytes may lie there still."""
    early = [Upload.purging_at < before] if before else []
    return list(db.session.scalars(select(Upload.id).where(PURGING, *early).order_by(Upload.purging_at, Upload.id)))


def finish(upload_id: UUID) -> None:
    """Remove the bytes of one marked file, and then say that they are gone."""
    open_session(SYSTEM, writes=False)
    key = db.session.scalar(select(Upload.key).where(Upload.id == upload_id, PURGING))
    copies = [copy.key for row in db.session.scalars(select(Preview).where(Preview.upload_id == upload_id)) for copy in row.copies]
    db.session.rollback()
    if key is None:
        return
    try:
        for copy in copies:
            store().delete(copy)
        store().delete(key)
    except StorageError as trouble:
        raise chores.Later(f"the store does not remove it now: {trouble}", blameless=True) from trouble
    open_session(SYSTEM, writes=True)
    _note(upload_id)


def is_due(before: datetime) -> ColumnElement[bool]:
    """That nobody has needed a file since this moment, and that it was never evidence of anything."""
    item = aliased(Item)
    over = (item.id == Upload.item_id, item.client_id == Upload.client_id, item.state.in_(OVER), item.state_since < before)
    unneeded = or_(Upload.removed_at < before, exists(select(item.id).where(*over)))
    return and_(Upload.purging_at.is_(None), Upload.purged_at.is_(None), Upload.question_key == "", unneeded, ~_is_evidence())


def _is_evidence() -> ColumnElement[bool]:
    """That a file was handed over (also when that was taken back), presented, or given."""
    plain = func.replace(cast(Upload.id, String), "-", "")  # one database writes ids with dashes, one without
    named = func.replace(HandOver.content, "-", "").contains(literal('"id":"').concat(plain))
    return or_(
        exists(select(HandOver.id).where(HandOver.item_id == Upload.item_id, HandOver.client_id == Upload.client_id, named)),
        exists(select(VersionFile.upload_id).where(VersionFile.upload_id == Upload.id)),
        exists(select(ShareFile.upload_id).where(ShareFile.upload_id == Upload.id)),
    )


@action
def _mark(before: datetime) -> bool:
    """Mark the next few; True when there may be more. A file that becomes evidence meanwhile waits for its item, as we do."""
    found = db.session.execute(select(Upload.id, Upload.item_id).where(is_due(before)).order_by(Upload.id).limit(BATCH)).all()
    items = sorted({row.item_id for row in found if row.item_id})
    db.session.scalars(select(Item.id).where(Item.id.in_(items)).order_by(Item.id).with_for_update()).all()
    still = select(Upload).where(Upload.id.in_([row.id for row in found]), is_due(before)).with_for_update()
    for upload in db.session.scalars(still.execution_options(populate_existing=True)):
        upload.purging_at = now()
    return len(found) == BATCH


@action
def _note(upload_id: UUID) -> None:
    """Say, once, that the bytes are gone, and give their room back."""
    upload = db.session.scalar(select(Upload).where(Upload.id == upload_id, PURGING).with_for_update())
    if upload is None:
        return
    db.session.execute(delete(Preview).where(Preview.upload_id == upload_id))
    upload.purged_at = now()
    room.count(upload.client_id, used=-upload.bytes)
    record(Kind.FILE_PURGED, upload, by=SYSTEM, audience=Audience.INTERNAL, hash=upload.sha256, bytes=upload.bytes)
