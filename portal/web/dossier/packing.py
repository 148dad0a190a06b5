"""A dossier as one zip that is packed while it is sent: to read, to print, as data, and the files; with the hash of each part.

It is put together with the client's eyes, whoever takes it, so nothing internal can come in. Before each file it is asked again whether
whoever takes it still may, and whether the file may still be read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Response, stream_with_context
from flask_babel import gettext as _
from sqlalchemy import select

from portal.kernel.clock import now
from portal.kernel.db import db, open_session
from portal.kernel.evidence import canonical
from portal.kernel.verifying import MANIFEST, SIGNATURE
from portal.kernel.viewer import SYSTEM, Viewer
from portal.kinds.dossier.eyes import of_client
from portal.kinds.dossier.gathering import gather
from portal.kinds.dossier.telling import FORMAT, told
from portal.kinds.files.kind import is_withdrawn, why_held
from portal.kinds.record.bundling import Noting, Part
from portal.kinds.record.proving import steady
from portal.kinds.record.signing import public_of
from portal.models import may
from portal.models.clients import Client
from portal.models.files import Upload
from portal.models.people import Person, the_firm
from portal.models.projects import Project
from portal.models.sessions import viewer_of
from portal.storage import chunks
from portal.storage.current import store
from portal.storage.names import content_disposition
from portal.web.dossier.sheet import as_html, as_paper, sheet_of
from portal.web.i18n import spoken
from portal.web.letterpress import reading_as
from portal.web.zipping import FILES, SUMS, BrokenOff, Parcel, dated, parcel, zipped


class Packing(Noting):
    """A dossier, part by part."""

    def __init__(self, project: Project, *, language: str, zone: str, key: Ed25519PrivateKey, by: Viewer) -> None:
        """`key` signs the list of parts; `by` is whoever takes it."""
        super().__init__()
        self._project_id, self._client_id, self._name = project.id, project.client_id, project.name
        self._language, self._zone, self._key, self._by = spoken(language), ZoneInfo(zone), key, by
        self._made_at, self._manifest = now(), b""

    def parts(self) -> Iterator[Part]:
        """Every part with its bytes; the words first, the files one after the other, the list of all at the end."""
        packed, words = self._written()
        for name, content in words:
            yield self._part(name, [content])
        for member in packed.members:
            yield self._part(f"{FILES}{member.path}", self._bytes(member.entry.upload.id))
        yield MANIFEST, self._list()
        yield SIGNATURE, self._signature()
        yield SUMS, self._sums()

    def _written(self) -> tuple[Parcel, list[tuple[str, bytes]]]:
        """What people and programs read, and which files go with it; no connection is held when it is done."""
        open_session(of_client(self._client_id), writes=False)
        steady()
        with reading_as(self._language, self._zone):
            dossier = gather(self._project_id)
            packed = parcel(self._name, dossier.files, names={})
            paths = {member.entry.upload.id: f"{FILES}{member.path}" for member in packed.members}
            sheet = sheet_of(dossier, paths)
            data = json.dumps(told(dossier, paths, made_at=self._made_at), ensure_ascii=False, indent=1).encode()
            words = [("dossier.html", as_html(sheet)), ("dossier.pdf", as_paper(sheet)), ("dossier.json", data)]
        db.session.rollback()
        return packed, words

    def _bytes(self, upload_id: UUID) -> Iterator[bytes]:
        """The bytes of a file, if they may still be had."""
        still_may(self._client_id, self._by)
        open_session(of_client(self._client_id), writes=False)
        upload = db.session.scalar(select(Upload).where(Upload.id == upload_id))
        if upload is None or why_held(upload) or is_withdrawn(upload):
            raise BrokenOff("the file may not be read any more")
        key = upload.key
        db.session.rollback()
        yield from chunks(store().open(key))

    def _list(self) -> Iterator[bytes]:
        """The list of all parts, written when the last of them was read."""
        ids = {"client": str(self._client_id), "project": str(self._project_id), "firm": self._firm()}
        facts = {"format": FORMAT, "made_at": self._made_at.isoformat(timespec="seconds"), "public_key": public_of(self._key)}
        self._manifest = canonical({**facts, **ids, "members": self._members}).encode()
        yield self._manifest

    def _signature(self) -> Iterator[bytes]:
        yield self._key.sign(self._manifest).hex().encode() + b"\n"

    def _sums(self) -> Iterator[bytes]:
        """The same hashes as a command line reads them: sha256sum -c."""
        yield from (f"{told['sha256']}  {name}\n".encode() for name, told in self._members.items())

    def _firm(self) -> str:
        open_session(SYSTEM, writes=False)
        name = the_firm().name
        db.session.rollback()
        return name


def send_dossier(project: Project, *, key: Ed25519PrivateKey, by: Viewer) -> Response:
    """Send what whoever asks has been let in to."""
    client = db.session.get_one(Client, project.client_id)
    packing = Packing(project, language=client.language, zone=client.zone, key=key, by=by)

    def pieces() -> Iterator[bytes]:
        yield from zipped(packing.parts())

    response = Response(stream_with_context(pieces()), mimetype="application/zip")
    response.headers["Content-Disposition"] = content_disposition(f"{dated(_('%(name)s dossier', name=project.name), now())}.zip")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def still_may(client_id: UUID, by: Viewer) -> None:
    """Raise BrokenOff when whoever takes it may not take it any more; no connection is held while bytes leave."""
    open_session(SYSTEM, writes=False)
    person = db.session.get(Person, by.person_id)
    rights = viewer_of(person) if person and not person.disabled_at else None
    if rights is None or not may.take_dossier(rights, client_id):
        raise BrokenOff("the rights have ended")
    db.session.rollback()
