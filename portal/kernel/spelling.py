"""How a value is spelled and hashed, here and in a download alike.

This file goes into every download (see portal/kinds/record/bundling.py), so it needs nothing but Python 3.8 or newer.
"""

from __future__ import annotations

import hashlib
import hmac
import json

SPELLING = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def spelled(value: object) -> str:
    """The one spelling of a value, as RFC 8785 has it for strings, integers, true, false, null and keys of ASCII letters."""
    return SPELLING.encode(value)


def fingerprint(domain: str, text: str) -> str:
    """SHA-256 (hex) of a text within a named domain, so that no hash can stand in for one of another kind."""
    return hashlib.sha256(f"courtside.{domain}.v1\0{text}".encode("utf-8", "surrogatepass")).hexdigest()


def sealed(salt: str, text: str) -> str:
    """A salted hash (hex) that binds a text to its place without revealing it."""
    return hmac.digest(bytes.fromhex(salt), text.encode("utf-8", "surrogatepass"), "sha256").hex()


def linked(chain: str, seq: int, prev_hash: str, body: str) -> str:
    """The hash of an entry: it binds what the entry says, sealed, to its place behind all the others."""
    return fingerprint("event", f"{chain} {seq} {prev_hash} {body}")


def words_in(told: str | None) -> str | None:
    """The sentence beside an entry; None where it was erased, or can be read no more, which was said of the entry already."""
    try:
        return str(json.loads(told or "{}")["words"])
    except (KeyError, TypeError, ValueError):
        return None
