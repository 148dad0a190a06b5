"""How evidence is written down and hashed, so that it verifies on any machine at any later time."""

from __future__ import annotations

import hashlib
import hmac
import json


def canonical(value: object) -> str:
    """One spelling for one value: sorted ASCII keys, no spaces; strings, integers, booleans and None only (as RFC 8785)."""
    _check(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def fingerprint(domain: str, text: str) -> str:
    """SHA-256 (hex) of a text within a named domain, so that no hash can stand in for one of another kind."""
    return hashlib.sha256(f"courtside.{domain}.v1\0{text}".encode()).hexdigest()


def sealed(salt: str, text: str) -> str:
    """A salted hash (hex) that binds an erasable text to its event without revealing it."""
    return hmac.new(bytes.fromhex(salt), text.encode(), hashlib.sha256).hexdigest()


def _check(value: object) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise TypeError(f"evidence keys are ASCII strings, not {key!r}")
            _check(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _check(inner)
    elif value is not None and not isinstance(value, (str, int, bool)):
        raise TypeError(f"evidence holds strings and integers, not {type(value).__name__}")
