"""The key that downloads of the record are signed with: made once, kept sealed in the database, the same on every machine."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db, insert_or_ignore
from portal.kernel.refusal import Refused
from portal.kernel.sealing import seal, unseal
from portal.models.anchors import SigningKey

PLACE = "signing_key"


@action
def signing_key() -> Ed25519PrivateKey:
    """The newest key this SECRET_KEY opens; without one, a new one."""
    while True:
        newest = db.session.scalar(select(SigningKey).order_by(SigningKey.n.desc()).limit(1))
        found = _opened(newest) if newest else None
        if found:
            return found
        made, n = Ed25519PrivateKey.generate(), newest.n + 1 if newest else 1
        sealed = seal(made.private_bytes_raw().hex(), place=f"{PLACE}:{n}")
        insert_or_ignore(SigningKey, {"n": n, "public": public_of(made), "sealed": sealed, "made_at": now()})


def public_of(key: Ed25519PrivateKey) -> str:
    """The public half of a key (hex)."""
    return key.public_key().public_bytes_raw().hex()


def _opened(row: SigningKey) -> Ed25519PrivateKey | None:
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(unseal(row.sealed, place=f"{PLACE}:{row.n}")))
    except Refused:
        return None
