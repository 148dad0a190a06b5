"""That somebody takes the record of a client away is on record itself, before the first byte of it leaves."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portal.kernel.action import action
from portal.kernel.policy import require
from portal.kernel.record import Kind, record
from portal.kernel.viewer import Viewer
from portal.kinds.record.signing import signing_key
from portal.models import may
from portal.models.clients import Client


@action
def take(client: Client, *, files: bool = False, by: Viewer) -> Ed25519PrivateKey:
    """Note who takes it, and whether with the files; the key to sign it with."""
    require(may.take_record(by, client.id))
    record(Kind.RECORD_TAKEN, client, by=by, files=files)
    return signing_key()
