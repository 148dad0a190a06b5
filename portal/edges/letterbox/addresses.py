"""The address an answer goes to: it names the project or item and carries our mark, so that nobody can make one up."""

from __future__ import annotations

import base64
import binascii
import hmac
from uuid import UUID

from portal.kernel import keys

ITEM, PROJECT = b"i", b"p"
MARK = 9  # bytes; with the id and the letter before it 26, which is 42 signs in an address


def reply_address(base: str, project_id: UUID, item_id: UUID | None = None) -> str:
    """The address of answers about a project, or one of its items, below the address the firm has set."""
    kind, about = (ITEM, item_id) if item_id else (PROJECT, project_id)
    body = kind + about.bytes
    token = base64.b32encode(body + keys.mac("reply", body)[:MARK]).decode().rstrip("=").lower()
    local, _at, domain = base.rpartition("@")
    return f"{local}+{token}@{domain}"


def read_address(base: str, address: str) -> tuple[str, UUID] | None:
    """What an address of ours names: "item" or "project", and its id. None for every other address."""
    local, _at, domain = base.lower().rpartition("@")
    theirs, _at, at = address.lower().rpartition("@")
    stem, plus, token = theirs.partition("+")
    if not plus or (stem, at) != (local, domain):
        return None
    try:
        raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except (binascii.Error, ValueError):
        return None
    body, mark = raw[:17], raw[17:]
    if len(raw) != 17 + MARK or body[:1] not in (ITEM, PROJECT) or not hmac.compare_digest(keys.mac("reply", body)[:MARK], mark):
        return None
    return ("item" if body[:1] == ITEM else "project"), UUID(bytes=body[1:])
