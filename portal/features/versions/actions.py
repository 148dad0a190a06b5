"""What belongs to new versions of a file. Removing the newer one, until the item is sent, brings the older one back."""

from __future__ import annotations

from portal.kernel.refusal import NotFound
from portal.models.files import FromSide, Upload
from portal.models.items import Item


def one_of(item: Item, upload: Upload) -> Upload:
    """A client's file on this item; of another one it does not exist. Raises NotFound."""
    if upload.item_id != item.id or upload.side is not FromSide.CLIENT or upload.removed_at:
        raise NotFound
    return upload
