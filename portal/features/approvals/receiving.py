"""Receiving the files of the page on which staff present a version."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from werkzeug.datastructures import FileStorage

from portal.features.approvals import actions
from portal.kernel.scope import find
from portal.kinds.files import FileSpec
from portal.kinds.incoming import Arrived, announce, fail, keep
from portal.models.files import FromSide
from portal.models.items import Item
from portal.storage.names import clean_name
from portal.web.doors import begin_writing, viewer
from portal.web.receiving import Turned, take


def receive_all(item_id: UUID, files: Sequence[FileStorage]) -> list[Turned]:
    """Take in what a form brought and lay it ready for the next version; returns what was turned away."""
    actions.may_lay_ready(find(Item, item_id), len(files), by=viewer())
    begin_writing()
    incoming = announce(find(Item, item_id), [clean_name(file.filename or "") for file in files], by=viewer())
    taken = [take(row, file, wanted=(), max_bytes=FileSpec.max_bytes) for row, file in zip(incoming, files, strict=True)]
    arrived = [file for file in taken if isinstance(file, Arrived)]
    begin_writing()
    keep(find(Item, item_id), arrived, side=FromSide.FIRM, by=viewer())
    safe = {file.incoming_id for file in arrived}
    fail([row.id for row in incoming if row.id not in safe], by=viewer())
    return [file for file in taken if isinstance(file, Turned)]
