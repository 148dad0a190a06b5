"""The record of a client as a zip that is packed while it is sent, closed to what the client does not see."""

from __future__ import annotations

from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Response, stream_with_context
from flask_babel import gettext as _

from portal.kernel.clock import now
from portal.kernel.db import open_session
from portal.kernel.viewer import SYSTEM
from portal.kinds.bundling import Bundle, Taken
from portal.kinds.proving import steady
from portal.models.clients import Client
from portal.models.people import the_firm
from portal.storage.names import content_disposition
from portal.web.zipping import dated, zipped


def send_record(client: Client, *, key: Ed25519PrivateKey) -> Response:
    """Send what whoever asks has been let in to."""

    def pieces() -> Iterator[bytes]:
        open_session(SYSTEM, writes=False)  # the one of the request is closed before the first row is read
        steady()
        bundle = Bundle(Taken(client.id, closed=True), key=key, firm=the_firm().name, client=client.name)
        yield from zipped(bundle.parts())

    response = Response(stream_with_context(pieces()), mimetype="application/zip")
    name = dated(_("%(name)s record", name=client.name), now())
    response.headers["Content-Disposition"] = content_disposition(f"{name}.zip")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response
