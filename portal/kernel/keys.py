"""Keys for one purpose each, derived from SECRET_KEY; links and codes are derived with them and never stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from uuid import UUID

CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_root = b""


def use(secret: str) -> None:
    """Set the root key of this process."""
    global _root
    _root = hashlib.sha256(secret.encode()).digest()


def root() -> bytes:
    """The root key (32 bytes), only to derive others from."""
    if not _root:
        raise RuntimeError("no secret key yet")
    return _root


def mac(purpose: str, message: str | bytes) -> bytes:
    """A keyed hash (32 bytes) of a message for one purpose."""
    key = hmac.new(root(), f"courtside.{purpose}".encode(), hashlib.sha256).digest()
    return hmac.new(key, message.encode() if isinstance(message, str) else message, hashlib.sha256).digest()


def link_token(request_id: UUID) -> str:
    """The token in the link of a sign-in request: its id and a keyed hash of it."""
    return base64.urlsafe_b64encode(request_id.bytes + mac("link", request_id.bytes)[:20]).decode().rstrip("=")


def read_link_token(token: str) -> UUID | None:
    """The sign-in request a token speaks of, or None if the token was never ours."""
    return _read(token, link_token)


def read_feed_token(token: str) -> UUID | None:
    """The calendar a token speaks of, or None if the token was never ours."""
    return _read(token, feed_token)


def _read(token: str, make: Callable[[UUID], str]) -> UUID | None:
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    if len(raw) != 36 or not token.isascii():
        return None
    named = UUID(bytes=raw[:16])
    return named if hmac.compare_digest(make(named), token) else None


def feed_token(feed_id: UUID) -> str:
    """The token in the address of somebody's calendar: its id and a keyed hash of it."""
    return base64.urlsafe_b64encode(feed_id.bytes + mac("feed", feed_id.bytes)[:20]).decode().rstrip("=")


def number_code(request_id: UUID) -> str:
    """The six digits of a sign-in request."""
    return f"{int.from_bytes(mac('code', request_id.bytes)[:8], 'big') % 1_000_000:06d}"


def letter_code(request_id: UUID) -> str:
    """The eight letters and digits of an invitation, none of which look alike."""
    bits = int.from_bytes(mac("invite", request_id.bytes)[:8], "big")
    return "".join(CODE_ALPHABET[(bits >> (5 * n)) & 31] for n in range(8))


def same(one: str, other: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())
