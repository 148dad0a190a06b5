"""Taking in files: bytes to the store, checked, promoted; and what we say of a file we cannot take."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from os import SEEK_END
from typing import BinaryIO, cast

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from portal.kinds.files import landing, room
from portal.kinds.files.incoming import Arrived, fail
from portal.kinds.files.landing import Landing
from portal.models.files import Incoming, Upload
from portal.storage import Received, StorageError
from portal.storage.arrival import Rules, look_into
from portal.storage.checks import FAMILY_LABELS, HINTS, SENTENCES, Code, Family, Finding, explain
from portal.storage.current import store
from portal.storage.names import clean_name
from portal.web.doors import begin_writing, viewer
from portal.web.i18n import day, number, size
from portal.web.standoffs import written


@dataclass(frozen=True)
class Turned:
    """A file that was turned away, and why."""

    name: str
    finding: Finding


def take(row: Incoming, file: FileStorage, *, rules: Rules, max_bytes: int) -> Arrived | Turned:
    """Bring one announced file to its final key, or say why not. No lock may be held meanwhile: the line may be slow."""
    received: Received | None = None
    try:
        received = store().receive(cast("BinaryIO", file.stream), limit=max_bytes)
        return admit(row, received, rules=rules)
    except StorageError as error:
        if received:
            store().discard(received.key_in_incoming)
        return Turned(row.name, explain(error, row.name))


def admit(row: Incoming, received: Received, *, rules: Rules, lies_at: str = "") -> Arrived | Turned:
    """Look into received bytes (`lies_at`: where they are, when not in `incoming/` any more) and promote them, or say why not."""
    done = examine(row, received, rules=rules, lies_at=lies_at)
    if isinstance(done, Arrived):
        store().promote(received, row.key)
    return done


def examine(row: Incoming, received: Received, *, rules: Rules, lies_at: str = "") -> Arrived | Turned:
    """Look into received bytes that are not promoted yet, or say why they never will be."""
    with store().open(lies_at or received.key_in_incoming) as stream:
        looked = look_into(stream, row.name, size=received.bytes, rules=rules)
    if looked.refusal:
        store().discard(received.key_in_incoming)
        return Turned(row.name, looked.refusal)
    return Arrived(row.id, received, row.name, looked.kind.mime, looked)


def take_all(files: Sequence[FileStorage], *, to: Callable[[], Landing]) -> list[Turned]:
    """Take in what a form brought; returns what was turned away. Nobody waits for a slow line: no lock is held while bytes come.

    `to` finds where they land, anew whenever it is asked.
    """
    by = viewer()
    to().may_add(len(files), by=by)
    begin_writing()
    place = to()
    room.need(place.bound.client_id, sum(_weight(file) for file in files), by=by)
    spec = place.spec
    incoming = landing.announce(place, [clean_name(file.filename or "") for file in files], by=by)
    taken = [take(row, file, rules=spec.rules, max_bytes=spec.max_bytes) for row, file in zip(incoming, files, strict=True)]
    arrived = [file for file in taken if isinstance(file, Arrived)]
    written(lambda: to().keep(arrived, by=by))
    safe = {file.incoming_id for file in arrived}
    fail([row.id for row in incoming if row.id not in safe], by=by)
    return [file for file in taken if isinstance(file, Turned)]


def _weight(file: FileStorage) -> int:
    """How large a file of a form is; it has come already."""
    size = file.stream.seek(0, SEEK_END)
    file.stream.seek(0)
    return size


def families(wanted: object) -> str:
    """Families of file types as a person reads them."""
    return ", ".join(_(FAMILY_LABELS[Family(str(each))]) for each in wanted)  # type: ignore[attr-defined]


def sentence(finding: Finding) -> str:
    """What a finding means and what to do about it."""
    return told(SENTENCES[finding.code], finding.facts)


def hints(upload: Upload) -> list[str]:
    """What the client is told beside a file we have: what we noticed, and what would help."""
    kept = [(Code(str(found["code"])), found) for found in upload.findings]
    return [told(HINTS[code], found) for code, found in kept if code in HINTS]


def told(words: str, facts: Mapping[str, object]) -> str:
    """A sentence with its facts as a person reads them: sizes, numbers and dates in their own way of writing."""
    said: dict[str, object] = dict(facts)
    for key, value in facts.items():
        if key in ("limit", "bytes", "unpacked", "size") and isinstance(value, int):
            said[key] = size(value)
        elif isinstance(value, int):
            said[key] = number(value)
        elif key == "on":
            said[key] = day(datetime.fromisoformat(str(value)))
        elif key == "wanted":
            said[key] = families(value)
    return str(_(words, **said)) if said else str(_(words))
