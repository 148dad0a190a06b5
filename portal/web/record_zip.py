"""The record of a client as a zip that is packed while it is sent, closed to what the client does not see.

With the files it can take long: before each of them it is asked again whether whoever takes it still may.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Response, stream_with_context
from flask_babel import gettext as _

from portal.kernel.clock import now
from portal.kernel.db import db, open_session
from portal.kernel.viewer import SYSTEM, Viewer
from portal.kinds.record.bundling import Bundle, Taken
from portal.kinds.record.proving import steady
from portal.models import may
from portal.models.clients import Client
from portal.models.people import Person, the_firm
from portal.models.sessions import viewer_of
from portal.storage.names import content_disposition
from portal.web.zipping import BrokenOff, dated, zipped


def send_record(client: Client, *, files: bool, key: Ed25519PrivateKey, by: Viewer) -> Response:
    """Send what whoever asks has been let in to."""

    def pieces() -> Iterator[bytes]:
        open_session(SYSTEM, writes=False)  # the one of the request is closed before the first row is read
        steady()
        record = Taken(client.id, closed=True)
        record.with_files = files
        bundle = Bundle(record, key=key, firm=the_firm().name, client=client.name, ask=lambda: _still(client.id, by))
        yield from zipped(bundle.parts())

    response = Response(stream_with_context(pieces()), mimetype="application/zip")
    name = dated(_("%(name)s record", name=client.name), now())
    response.headers["Content-Disposition"] = content_disposition(f"{name}.zip")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _still(client_id: UUID, by: Viewer) -> None:
    """Raise BrokenOff when whoever takes the record may not take it any more; no connection is held while bytes leave."""
    open_session(SYSTEM, writes=False)
    person = db.session.get(Person, by.person_id)
    rights = viewer_of(person) if person and not person.disabled_at else None
    if rights is None or not may.take_record(rights, client_id):
        raise BrokenOff("the rights have ended")
    db.session.rollback()
