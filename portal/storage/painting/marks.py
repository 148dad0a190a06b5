"""The child's side of a firm's mark: any common picture in, one small square PNG out, with nothing of the original in it but its looks."""

from __future__ import annotations

import warnings
from typing import BinaryIO

from PIL import Image, ImageOps

from portal.storage.painting.pictures import BROKEN

TAKEN = ("PNG", "JPEG", "WEBP")
MOST_PIXELS = 40_000_000


def square(source: BinaryIO, out: BinaryIO, *, side: int) -> dict[str, object]:
    """Draw it within a square of at most `side` pixels, upright and transparent around; or say `trouble_found`: too_large, damaged."""
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(source, formats=TAKEN) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return {"trouble_found": "too_large"}
            picture.draft("RGB", (side * 2, side * 2))
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except BROKEN:
        return {"trouble_found": "damaged"}
    upright.thumbnail((side, side), Image.Resampling.LANCZOS)
    longest = max(upright.size)
    drawn = Image.new("RGBA", (longest, longest), (0, 0, 0, 0))
    drawn.paste(upright, ((longest - upright.width) // 2, (longest - upright.height) // 2))
    drawn.save(out, "PNG", optimize=True)
    return {}
