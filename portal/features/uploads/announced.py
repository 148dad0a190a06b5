"""What browsers say of files they are about to send, read with care."""

from __future__ import annotations

import re
from uuid import UUID

from portal.kernel.refusal import N_, Refused
from portal.kinds.files.incoming import Coming
from portal.storage.names import clean_name

MOST_AT_ONCE = 400
MOST_BYTES = 2**50
NOT_UNDERSTOOD = N_("The page and the portal did not understand each other. Please reload the page.")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}", re.ASCII)
_PART = re.compile(rb"<PartNumber>(\d{1,5})</PartNumber>\s*<ETag>(?:&quot;|\")?([^<&\"]{1,80})(?:&quot;|\")?</ETag>")


def coming_from(said: object) -> tuple[list[Coming], frozenset[UUID]]:
    """The files of one announcement, and the unfinished ones that go on beside them."""
    try:
        files = said["files"]  # type: ignore[index]
        coming = [_coming(file) for file in files]
        beside = frozenset(UUID(one) for one in said.get("beside", ()))  # type: ignore[attr-defined]
    except (AttributeError, KeyError, TypeError, ValueError):
        raise Refused(NOT_UNDERSTOOD, status=422) from None
    if not 0 < len(coming) <= MOST_AT_ONCE:
        raise Refused(NOT_UNDERSTOOD, status=422)
    return coming, beside


def named_in(body: bytes) -> dict[int, str]:
    """The parts a CompleteMultipartUpload names, by number; only these two words of XML are read."""
    return {int(n): etag.decode("ascii", "replace") for n, etag in _PART.findall(body)}


def _coming(file: dict[str, object]) -> Coming:
    name, size, fingerprint, key = (file[word] for word in ("name", "size", "print", "key"))
    if not (isinstance(name, str) and isinstance(size, int) and isinstance(fingerprint, str) and isinstance(key, str)):
        raise TypeError
    if isinstance(size, bool) or not 0 <= size < MOST_BYTES or not _FINGERPRINT.fullmatch(fingerprint) or not 8 <= len(key) <= 64:
        raise ValueError
    return Coming(name=clean_name(name), bytes=size, fingerprint=fingerprint, key=key)
