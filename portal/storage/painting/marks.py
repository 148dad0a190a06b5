"""The child's side of pictures the firm shows: any common picture in, one of ours out, with nothing of the original but its looks."""

from __future__ import annotations

import warnings
from typing import BinaryIO

from PIL import Image, ImageOps

from portal.storage.painting.pictures import BROKEN

TAKEN = ("PNG", "JPEG", "WEBP")
MOST_PIXELS = 40_000_000


def square(source: BinaryIO, out: BinaryIO, *, side: int) -> dict[str, object]:
    """Draw it as PNG within a square of at most `side` pixels, transparent around; or say `trouble_found`: too_large, damaged."""
    upright = _upright(source, side)
    if isinstance(upright, dict):
        return upright
    longest = max(upright.size)
    drawn = Image.new("RGBA", (longest, longest), (0, 0, 0, 0))
    drawn.paste(upright, ((longest - upright.width) // 2, (longest - upright.height) // 2))
    drawn.save(out, "PNG", optimize=True)
    return {}


def whole(source: BinaryIO, out: BinaryIO, *, side: int) -> dict[str, object]:
    """Draw it as WebP of at most `side` pixels a side, and say its `width` and `height`; or `trouble_found`: too_large, damaged."""
    upright = _upright(source, side)
    if isinstance(upright, dict):
        return upright
    drawn = upright if upright.getchannel("A").getextrema() != (255, 255) else upright.convert("RGB")
    drawn.save(out, "WEBP", quality=85)
    return {"width": drawn.width, "height": drawn.height}


def _upright(source: BinaryIO, side: int) -> Image.Image | dict[str, object]:
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
    upright.info.clear()
    upright.thumbnail((side, side), Image.Resampling.LANCZOS)
    return upright
