"""Receiving the files of one plain form: bytes to the store, checked, and only then rows."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from werkzeug.datastructures import FileStorage

from portal.features.uploads import actions
from portal.kernel.scope import find
from portal.kinds.files import spec_of
from portal.kinds.incoming import Arrived, fail
from portal.models.items import Item
from portal.storage.names import clean_name
from portal.web.doors import begin_writing, viewer
from portal.web.receiving import Turned, take


def receive_all(item_id: UUID, files: Sequence[FileStorage]) -> list[Turned]:
    """Take in what a form brought; returns what was turned away. Nobody waits for a slow line: no lock is held while bytes come."""
    item = find(Item, item_id)
    actions.may_add(item, len(files), by=viewer())
    spec = spec_of(item)
    begin_writing()
    incoming = actions.announce(find(Item, item_id), [clean_name(file.filename or "") for file in files], by=viewer())
    taken = [take(row, file, wanted=spec.types, max_bytes=spec.max_bytes) for row, file in zip(incoming, files, strict=True)]
    arrived = [file for file in taken if isinstance(file, Arrived)]
    begin_writing()
    actions.keep(find(Item, item_id), arrived, by=viewer())
    safe = {file.incoming_id for file in arrived}
    fail([row.id for row in incoming if row.id not in safe], by=viewer())
    return [file for file in taken if isinstance(file, Turned)]
