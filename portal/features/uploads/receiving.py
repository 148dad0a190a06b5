"""Receiving the files of one plain form: bytes to the store, checked, and only then rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast
from uuid import UUID

from werkzeug.datastructures import FileStorage

from portal.features.uploads import actions
from portal.kernel.scope import find
from portal.kinds.files import FileSpec, spec_of
from portal.models.files import Incoming
from portal.models.items import Item
from portal.storage import Received, StorageError
from portal.storage.checks import Finding, blocking, check, explain
from portal.storage.current import store
from portal.storage.names import clean_name
from portal.web.doors import begin_writing, viewer


@dataclass(frozen=True)
class Turned:
    """A file that was turned away, and why."""

    name: str
    finding: Finding


def receive_all(item_id: UUID, files: Sequence[FileStorage]) -> list[Turned]:
    """Take in what a form brought; returns what was turned away. Nobody waits for a slow line: no lock is held while bytes come."""
    item = find(Item, item_id)
    actions.may_add(item, len(files), by=viewer())
    spec = spec_of(item)
    begin_writing()
    incoming = actions.announce(find(Item, item_id), [clean_name(file.filename or "") for file in files], by=viewer())
    taken = [_take(row, file, spec) for row, file in zip(incoming, files, strict=True)]
    arrived = [file for file in taken if isinstance(file, actions.Arrived)]
    begin_writing()
    actions.keep(find(Item, item_id), arrived, by=viewer())
    safe = {file.incoming_id for file in arrived}
    actions.fail([row.id for row in incoming if row.id not in safe], by=viewer())
    return [file for file in taken if isinstance(file, Turned)]


def _take(row: Incoming, file: FileStorage, spec: FileSpec) -> actions.Arrived | Turned:
    received: Received | None = None
    try:
        received = store().receive(cast("BinaryIO", file.stream), limit=spec.max_bytes)
        with store().open(received.key_in_incoming) as stream:
            kind, findings = check(stream, row.name, wanted=spec.types)
        stops = blocking(findings)
        if stops:
            store().discard(received.key_in_incoming)
            return Turned(row.name, stops[0])
        store().promote(received, row.key)
    except StorageError as error:
        if received:
            store().discard(received.key_in_incoming)
        return Turned(row.name, explain(error, row.name))
    return actions.Arrived(row.id, received, row.name, kind.mime)
