"""Writes about files. Bytes before row: a file is incoming until it is hashed, durable and its row committed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.policy import require
from portal.kernel.record import Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds import incoming, life, reading
from portal.kinds.files import files_of, sent_before, spec_of
from portal.kinds.incoming import Arrived
from portal.models.files import FromSide, Incoming, Upload
from portal.models.item_states import WITH_CLIENT
from portal.models.items import Item


def may_add(item: Item, count: int, *, by: Viewer) -> None:
    """Refuse before any byte is read: not theirs to do, not waiting for them, or too many."""
    require(reading.can_work(by, item) and not item.kind.is_decision)
    reading.need_running(item)
    if item.state not in WITH_CLIENT:
        raise Refused(N_("This has been sent already. Take it back first if you want to change it."))
    most = spec_of(item).max_count
    if len(files_of(item.id)) + count > most:
        raise Refused(N_("At most %(max)s files fit here. Remove some first, or choose fewer."), status=422, max=most)


@action
def announce(item: Item, names: Sequence[str], *, by: Viewer) -> list[Incoming]:
    """Note which files are on their way and where their bytes will lie."""
    may_add(item, len(names), by=by)
    return incoming.announce(item, names, by=by)


@action
def keep(item: Item, arrived: Sequence[Arrived], *, by: Viewer) -> list[Upload]:
    """Write the rows of files whose bytes are safe; from now on we have them."""
    may_add(item, len(arrived), by=by)
    kept = incoming.keep(item, arrived, side=FromSide.CLIENT, by=by)
    if kept:
        life.start(item, by=by)
    return kept


@action
def remove(item: Item, upload_id: UUID, *, by: Viewer) -> str:
    """Take a file off the item while it has not been handed over; its bytes stay until they are purged."""
    require(reading.can_work(by, item))
    reading.need_running(item)
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
    """Hand the files over; after we asked again, something has to be new."""
    known = sent_before(item)
    if known and not note.strip() and all(str(file.id) in known for file in files_of(item.id)):
        raise Refused(N_("Nothing is new since we asked again. Add a file, or write us a word about it."), status=422)
    life.hand_over(item, by=by, note=note.strip())
