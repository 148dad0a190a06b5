"""Painting pictures: the first frame, upright."""

from __future__ import annotations

import warnings
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

from portal.storage.looking import PILLOW
from portal.storage.painting.canvas import CannotPaint, Painted, plain

MOST_PIXELS = 110_000_000  # as they are unfolded in memory; a JPEG may have more, for it unfolds smaller
MOST_PIXELS_NAMED = 1_000_000_000
ORIENTATION, ON_ITS_SIDE = 0x0112, (5, 6, 7, 8)
BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, KeyError, ZeroDivisionError)


def paint(source: BinaryIO, *, kind: str, edge: int, page: int = 1) -> Painted:
    """The picture within a square of `edge` pixels; what claims more pixels than fit is not unfolded."""
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None
    if page != 1:
        raise CannotPaint("nothing_to_see")
    try:
        with Image.open(source, formats=[PILLOW[kind]]) as picture:
            return _painted(picture, edge)
    except BROKEN as trouble:
        raise CannotPaint("damaged") from trouble


def _painted(picture: Image.Image, edge: int) -> Painted:
    width, height = picture.size
    if width * height > MOST_PIXELS_NAMED:
        raise CannotPaint("too_large")
    picture.draft("RGB", (edge, edge))
    if picture.width * picture.height > MOST_PIXELS:
        raise CannotPaint("too_large")
    profile = picture.info.get("icc_profile")
    picture.load()
    turned = picture.getexif().get(ORIENTATION, 1)  # asked now: some formats stand upright once they are unfolded
    small = picture
    if max(picture.size) > edge:
        small = picture if picture.mode not in ("P", "1", "PA") else picture.convert("RGBA" if "transparency" in picture.info else "RGB")
        small.thumbnail((edge, edge), Image.Resampling.LANCZOS, reducing_gap=3.0)
    upright = ImageOps.exif_transpose(small) if turned in range(2, 9) else small
    if profile:
        upright.info["icc_profile"] = profile
    if turned in ON_ITS_SIDE:
        width, height = height, width
    return Painted(plain(upright), width, height)
