"""Texts that lie sealed in the database: AES-256-GCM with a key derived from SECRET_KEY (HKDF), bound to the place they lie in.

A seal opens only at its own place and with the SECRET_KEY it was made with; whoever reads the database alone reads nothing.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.kernel import keys
from portal.kernel.refusal import N_, Refused

FORMAT, NONCE = b"\x01", 12


def seal(text: str, *, place: str) -> bytes:
    """A text sealed for one place: a format byte, a nonce, and what AES-GCM makes of it."""
    nonce = os.urandom(NONCE)
    return FORMAT + nonce + _cipher().encrypt(nonce, text.encode(), place.encode())


def unseal(sealed: bytes, *, place: str) -> str:
    """The text again; raises Refused when it was sealed for another place or with another key."""
    nonce, rest = sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
    try:
        return _cipher().decrypt(nonce, rest, place.encode()).decode() if sealed[:1] == FORMAT else _cannot()
    except (InvalidTag, ValueError):
        return _cannot()


def _cipher() -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=b"courtside.seal.v1").derive(keys.root()))


def _cannot() -> str:
    raise Refused(N_("This can no longer be read: it was sealed with another SECRET_KEY. Ask for it again."))
