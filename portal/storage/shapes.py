"""What the keys of a store look like; nothing else is a key."""

from __future__ import annotations

import re
import secrets

from portal.storage import BadKey

INCOMING = re.compile(r"incoming/[0-9a-f]{32}", re.ASCII)
BLOB = re.compile(r"(?:blobs|previews)/[0-9a-f]{32}/[0-9a-f]{2}/[0-9a-f]{32}", re.ASCII)
PREFIX = re.compile(r"incoming/|(?:blobs|previews)/(?:[0-9a-f]{32}/(?:[0-9a-f]{2}/)?)?", re.ASCII)


def shaped(key: str, *shapes: re.Pattern[str]) -> str:
    """Return the key when it has one of these shapes; raises BadKey."""
    if not any(shape.fullmatch(key) for shape in shapes):
        raise BadKey(key)
    return key


def new_incoming() -> str:
    """A name in the antechamber that nobody can guess."""
    return f"incoming/{secrets.token_hex(16)}"
