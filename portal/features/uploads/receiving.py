"""Receiving the files of one plain form: bytes to the store, checked, and only then rows."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from werkzeug.datastructures import FileStorage

from portal.features.uploads import actions
from portal.kernel.scope import find
from portal.kinds.files import spec_of
from portal.models.items import Item
from portal.web.doors import viewer
from portal.web.receiving import Turned, take_all


def receive_all(item_id: UUID, files: Sequence[FileStorage]) -> list[Turned]:
    """Take in what a form brought; returns what was turned away."""
    item, by = find(Item, item_id), viewer()
    actions.may_add(item, len(files), by=by)
    return take_all(
        item_id,
        files,
        spec=spec_of(item),
        announce=lambda locked, names: actions.announce(locked, names, by=by),
        keep=lambda locked, arrived: actions.keep(locked, arrived, by=by),
    )
