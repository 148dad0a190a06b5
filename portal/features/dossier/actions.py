"""That somebody takes a dossier away is on record before the first byte of it leaves."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portal.kernel.action import action
from portal.kernel.policy import require
from portal.kernel.record import Kind, record
from portal.kernel.viewer import Viewer
from portal.kinds.record.signing import signing_key
from portal.models import may
from portal.models.projects import Project


@action
def take(project: Project, *, by: Viewer) -> Ed25519PrivateKey:
    """Note who takes it; the key to sign its list with."""
    require(may.take_dossier(by, project.client_id))
    record(Kind.DOSSIER_TAKEN, project, by=by)
    return signing_key()
