"""Writes about new versions of a file. Removing the newer one, until the item is sent, brings the older one back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from portal.kernel.action import action
from portal.kernel.policy import require
from portal.kernel.refusal import N_, NotFound, Refused
from portal.kernel.viewer import Viewer
from portal.kinds import incoming, life, reading
from portal.kinds.files import files_of
from portal.kinds.incoming import Arrived
from portal.models.files import FromSide, Incoming, Upload
from portal.models.item_states import WITH_CLIENT
from portal.models.items import Item


def replaceable(item: Item, upload_id: UUID, *, by: Viewer) -> Upload:
    """The file whose place a newer one may take; refuses before any byte is read when it is not theirs to do, or not now."""
    require(reading.can_work(by, item) and not item.kind.is_decision)
    reading.need_running(item)
    if item.state not in WITH_CLIENT:
        raise Refused(N_("This has been sent already. Take it back first if you want to change it."))
    found = next((file for file in files_of(item.id) if file.id == upload_id), None)
    if found is None:
        raise Refused(N_("This file was removed, or has a newer version already. Nothing was changed."))
    return found


@action
def announce(item: Item, upload_id: UUID, names: Sequence[str], *, by: Viewer) -> list[Incoming]:
    """Note that a newer version is on its way."""
    replaceable(item, upload_id, by=by)
    return incoming.announce(item, names, by=by)


@action
def keep(item: Item, upload_id: UUID, arrived: Sequence[Arrived], *, by: Viewer) -> list[Upload]:
    """Write the row of a newer version; the older one steps back behind it."""
    older = replaceable(item, upload_id, by=by)
    kept = incoming.keep(item, arrived, side=FromSide.CLIENT, by=by)
    for newer in kept:
        newer.take_the_place_of(older)
        life.start(item, by=by)
    return kept


def one_of(item: Item, upload: Upload) -> Upload:
    """A client's file on this item; of another one it does not exist. Raises NotFound."""
    if upload.item_id != item.id or upload.side is not FromSide.CLIENT or upload.removed_at:
        raise NotFound
    return upload
