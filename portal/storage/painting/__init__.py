"""Pictures of strangers' files, painted anew in the sandbox: upright, in sRGB, small enough, and with nothing of the original in them but
its looks.

    sandbox.run(PAINT, stream, out=file, told={"kind": "pdf", "page": 2, "edges": [320, 2800]}, limits=LIMITS)

This page is what the house knows of it; whatever opens a file lies beside it and is imported by the child alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.storage.formats import BY_EXTENSION
from portal.storage.sandbox import Limits

PAINT = "portal.storage.painting.painter:paint"
LIMITS = Limits(seconds=20, cpu=15, memory=1 << 30, written=24 << 20)
PICTURES = ("jpg", "png", "gif", "webp", "avif", "tif", "bmp", "heic", "ico", "jp2")
FILMS = ("mp4", "mov", "m4v", "3gp", "webm", "mkv", "avi", "wmv", "mpg", "ogv")
KINDS = {BY_EXTENSION[kind].mime: kind for kind in (*PICTURES, "pdf", *FILMS)}
JPEG, WEBP = "image/jpeg", "image/webp"


@dataclass(frozen=True)
class Sheet:
    """One size of one page: where it lies in what the child wrote, and how large it is."""

    start: int
    bytes: int
    width: int
    height: int
    type: str


def sheets_of(answer: dict[str, object], *, written: int) -> list[Sheet]:
    """Return the sheets a child speaks of, believed only as far as they lie within what it wrote; raises ValueError for anything else."""
    told = answer.get("sheets")
    sheets = [Sheet(**one) for one in told] if isinstance(told, list) else []
    if not sheets or not all(_makes_sense(sheet) and sheet.start + sheet.bytes <= written for sheet in sheets):
        raise ValueError("no sheets, or some that are not where they should be")
    return sheets


def _makes_sense(sheet: Sheet) -> bool:
    numbers: tuple[object, ...] = (sheet.start, sheet.bytes, sheet.width, sheet.height)
    return all(isinstance(number, int) and 0 <= number < 2**31 for number in numbers) and sheet.bytes > 0 and sheet.type in (JPEG, WEBP)
