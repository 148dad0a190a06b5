"""Many files as one zip, packed while it is sent: of known length, in constant memory, with a list of what is in it and what is not.

Nothing is written anywhere on the way. Each member is let in again at the moment its bytes are read: whoever loses their rights in the
middle gets no further, and the browser sees a download that broke off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED
from zoneinfo import ZoneInfo

from flask import Flask, Response, current_app, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from zipstream import ZipStream

from portal.kernel.clock import now
from portal.kernel.db import db, open_session
from portal.kernel.viewer import Viewer
from portal.kinds import reading
from portal.kinds.files.kind import is_withdrawn, why_held
from portal.kinds.files.shelf import Entry
from portal.models.files import Upload
from portal.models.people import Person
from portal.models.sessions import viewer_of
from portal.storage import chunks
from portal.storage.current import store
from portal.storage.names import clean_name, content_disposition, unique_names
from portal.web.handing_out import mark_opened
from portal.web.i18n import language, page_zone, size, stamp

FOLDER_CHARS = 60
CONTENTS, SUMS = "Contents.txt", "SHA256SUMS.txt"
FILES = "files/"
"""The folder of a download in which bytes lie as they came."""


class BrokenOff(Exception):
    """A member may not be read any more; what was sent of the zip so far is of no use."""


@dataclass(frozen=True)
class Member:
    """One file of a zip: what it is called there, and which one it is."""

    path: str
    entry: Entry


@dataclass(frozen=True)
class Parcel:
    """What goes into a zip, and what does not and why."""

    title: str
    members: list[Member]
    left_out: list[Entry]

    @property
    def bytes(self) -> int:
        """How much the files weigh together."""
        return sum(member.entry.upload.bytes for member in self.members)


def parcel(title: str, entries: Sequence[Entry], *, names: Mapping[UUID, str]) -> Parcel:
    """Choose what may be looked at, in folders by what it was for; names are ours where there are any, and never clash."""
    inside = [entry for entry in entries if not entry.held]
    groups: dict[str, list[Entry]] = {}
    for entry in inside:
        groups.setdefault(_folder(entry), []).append(entry)
    folders = unique_names(["", *groups] if len(groups) > 1 else [])[1:] if len(groups) > 1 else [""]
    members: list[Member] = []
    for folder, found in zip(folders, groups.values(), strict=False):
        called = [names.get(entry.upload.id, entry.upload.name) for entry in found]
        kept = [] if folder else [CONTENTS, SUMS]
        unique = unique_names([*kept, *called])[len(kept) :]
        members += [Member(f"{folder}/{name}" if folder else name, entry) for name, entry in zip(unique, found, strict=True)]
    return Parcel(title, members, [entry for entry in entries if entry.held])


def send_zip(packed: Parcel, *, by: Viewer) -> Response:
    """Send a parcel as a zip."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    stream = ZipStream(sized=True)
    for member in packed.members:
        upload = member.entry.upload
        stream.add(_bytes(app, upload.id, by), member.path, size=upload.bytes)
    stream.add(contents(packed, by=by), CONTENTS)
    stream.add("".join(f"{member.entry.upload.sha256}  {member.path}\n" for member in packed.members), SUMS)
    response = Response(iter(stream) if request.method == "GET" else None, mimetype="application/zip")
    response.content_length = len(stream)
    response.headers["Content-Disposition"] = content_disposition(f"{packed.title}.zip")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def zipped(parts: Iterable[tuple[str, Iterator[bytes]]]) -> Iterator[bytes]:
    """Parts of unknown length as a zip, one after the other, packed while it is sent; files as they are, for most can get no smaller."""
    stream = ZipStream(compress_type=ZIP_DEFLATED)
    for name, pieces in parts:
        stream.add(pieces, name, compress_type=ZIP_STORED if name.startswith(FILES) else ZIP_DEFLATED)
    yield from stream


def contents(packed: Parcel, *, by: Viewer) -> str:
    """The list inside: for each file its name here and its own, how large it is, its fingerprint, from whom it came and when."""
    reader = reading.person(by.seen_as or by.person_id)
    lines = [packed.title, _("Packed on %(when)s for %(name)s.", when=stamp(now()), name=reader.name if reader else "?"), ""]
    lines += [_("Whether a file arrived whole: sha256sum -c %(file)s", file=SUMS), ""]
    for member in packed.members:
        lines += _told(member)
    if packed.left_out:
        lines += [ngettext("%(num)s file is not in here:", "%(num)s files are not in here:", len(packed.left_out))]
        lines += [f"- {entry.upload.name}: {_(entry.held)}" for entry in packed.left_out]
    return "\r\n".join(lines) + "\r\n"


def _told(member: Member) -> list[str]:
    upload = member.entry.upload
    told = [member.path]
    if clean_name(upload.name) != member.path.rpartition("/")[2]:
        told.append("  " + _("came as: %(name)s", name=upload.name))
    told.append("  " + _("from %(name)s, %(when)s", name=member.entry.by.name, when=stamp(member.entry.at)))
    if upload.version > 1:
        told.append("  " + _("version %(n)s", n=upload.version))
    told.append("  " + _("%(size)s, exactly %(bytes)s", size=size(upload.bytes), bytes=upload.bytes))
    return [*told, f"  SHA-256 {upload.sha256}", ""]


def _folder(entry: Entry) -> str:
    title = entry.item.text("title", language(), reading.client_language(entry.item)) if entry.item else _("From us")
    return clean_name(title)[:FOLDER_CHARS].strip(" .")


def _bytes(app: Flask, upload_id: UUID, by: Viewer) -> Iterator[bytes]:
    """The bytes of one member, if its reader may still have them."""
    with app.app_context():
        upload = _still(upload_id, by)
        mark_opened(upload, by=by)
        key, length = upload.key, upload.bytes
    for piece in chunks(store().open(key)):
        length -= len(piece)
        yield piece
    if length:
        raise BrokenOff(f"{key} is not as long as we noted")


def _still(upload_id: UUID, by: Viewer) -> Upload:
    """The file as its reader may see it at this moment; raises BrokenOff when they may not."""
    open_session(by, writes=False)
    person = db.session.get(Person, by.seen_as or by.person_id)
    rights = viewer_of(person) if person and not person.disabled_at else None
    if rights is None or (by.seen_as and not rights.is_staff):
        raise BrokenOff("the rights have ended")
    open_session(by if by.seen_as else rights, writes=False)
    upload = db.session.scalar(select(Upload).where(Upload.id == upload_id))
    if upload is None or why_held(upload) or is_withdrawn(upload):
        raise BrokenOff("the file may not be read any more")
    return upload


def dated(name: str, moment: datetime) -> str:
    """The name of a zip: whose it is, and the day on which it was packed, where the reader is."""
    return clean_name(f"{name} {moment.astimezone(ZoneInfo(page_zone())).date().isoformat()}")
