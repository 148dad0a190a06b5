"""A firm's mark: any common picture in, one small PNG out that we wrote ourselves, so that nothing else can hide in it."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import IO

from PIL import Image, ImageOps

from portal.kernel.refusal import N_, Refused

MOST_BYTES = 5 * 1000 * 1000
MOST_PIXELS = 40_000_000
SIDE = 512
TAKEN = ("PNG", "JPEG", "WEBP")
NOTHING_CHOSEN = N_("Choose a picture first.")
NO_PICTURE = N_("We cannot read this picture. Save it as PNG or JPG and choose it again.")


def redraw(stream: IO[bytes]) -> bytes:
    """The picture as a PNG of at most 512 pixels a side; raises Refused in words."""
    data = stream.read(MOST_BYTES + 1)
    if not data:
        raise Refused(NOTHING_CHOSEN, field="mark", status=422)
    if len(data) > MOST_BYTES:
        raise Refused(N_("This picture is larger than 5 MB. Save it smaller and choose it again."), field="mark", status=422)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return _png(data)
    except Refused:
        raise
    except Exception as trouble:  # decoders fail in many ways on what somebody may send
        raise Refused(NO_PICTURE, field="mark", status=422) from trouble


def _png(data: bytes) -> bytes:
    with Image.open(BytesIO(data), formats=TAKEN) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise Refused(N_("This picture has too many pixels. Save it smaller and choose it again."), field="mark", status=422)
        picture.draft("RGB", (SIDE * 2, SIDE * 2))
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
    upright.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    side = max(upright.size)
    square = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    square.paste(upright, ((side - upright.width) // 2, (side - upright.height) // 2))
    out = BytesIO()
    square.save(out, "PNG", optimize=True)
    return out.getvalue()
