"""Taking in files: bytes to the store, checked, promoted; and what we say of a file we cannot take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast
from uuid import UUID

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from portal.kernel.scope import find
from portal.kinds.files import FileSpec
from portal.kinds.incoming import Arrived, fail
from portal.models.files import Incoming
from portal.models.items import Item
from portal.storage import Received, StorageError
from portal.storage.checks import FAMILY_LABELS, SENTENCES, Family, Finding, blocking, check, explain
from portal.storage.current import store
from portal.storage.names import clean_name
from portal.web.doors import begin_writing, viewer
from portal.web.i18n import size


@dataclass(frozen=True)
class Turned:
    """A file that was turned away, and why."""

    name: str
    finding: Finding


def take(row: Incoming, file: FileStorage, *, wanted: Sequence[str], max_bytes: int) -> Arrived | Turned:
    """Bring one announced file to its final key, or say why not. No lock may be held meanwhile: the line may be slow."""
    received: Received | None = None
    try:
        received = store().receive(cast("BinaryIO", file.stream), limit=max_bytes)
        return admit(row, received, wanted=wanted)
    except StorageError as error:
        if received:
            store().discard(received.key_in_incoming)
        return Turned(row.name, explain(error, row.name))


def admit(row: Incoming, received: Received, *, wanted: Sequence[str], lies_at: str = "") -> Arrived | Turned:
    """Look into received bytes (`lies_at`: where they are, when not in `incoming/` any more) and promote them, or say why not."""
    with store().open(lies_at or received.key_in_incoming) as stream:
        kind, findings = check(stream, row.name, wanted=wanted)
    stops = blocking(findings)
    if stops:
        store().discard(received.key_in_incoming)
        return Turned(row.name, stops[0])
    store().promote(received, row.key)
    return Arrived(row.id, received, row.name, kind.mime)


def take_all(
    item_id: UUID,
    files: Sequence[FileStorage],
    *,
    spec: FileSpec,
    announce: Callable[[Item, list[str]], Sequence[Incoming]],
    keep: Callable[[Item, list[Arrived]], object],
) -> list[Turned]:
    """Take in what a form brought; returns what was turned away. Nobody waits for a slow line: no lock is held while bytes come."""
    begin_writing()
    incoming = announce(find(Item, item_id), [clean_name(file.filename or "") for file in files])
    taken = [take(row, file, wanted=spec.types, max_bytes=spec.max_bytes) for row, file in zip(incoming, files, strict=True)]
    arrived = [file for file in taken if isinstance(file, Arrived)]
    begin_writing()
    keep(find(Item, item_id), arrived)
    safe = {file.incoming_id for file in arrived}
    fail([row.id for row in incoming if row.id not in safe], by=viewer())
    return [file for file in taken if isinstance(file, Turned)]


def families(wanted: object) -> str:
    """Families of file types as a person reads them."""
    return ", ".join(_(FAMILY_LABELS[Family(str(each))]) for each in wanted)  # type: ignore[attr-defined]


def sentence(finding: Finding) -> str:
    """What a finding means and what to do about it."""
    facts: dict[str, object] = dict(finding.facts)
    if isinstance(facts.get("limit"), int):
        facts["limit"] = size(int(str(facts["limit"])))
    if "wanted" in facts:
        facts["wanted"] = families(facts["wanted"])
    return str(_(SENTENCES[finding.code], **facts))
