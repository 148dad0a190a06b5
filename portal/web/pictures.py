"""Pictures that people sent, shown in a page: never their own bytes, always painted anew, without what was hidden in them."""

from __future__ import annotations

from io import BytesIO

from flask import Response
from PIL import Image, ImageOps, UnidentifiedImageError

from portal.kernel.refusal import NotFound
from portal.kinds.files import is_withdrawn
from portal.models.files import Scan, Upload
from portal.models.snapshots import PICTURES
from portal.storage import NoSuchKey
from portal.storage.current import store

MOST_PIXELS = 60_000_000
MOST_BYTES = 40_000_000
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
BROKEN = (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning, OSError, ValueError, SyntaxError, EOFError)


def show_picture(upload: Upload, *, edge: int) -> Response:
    """A picture at most `edge` pixels wide and high; NotFound when it is none, too large to paint, or not to be touched."""
    if upload.type not in PICTURES or upload.bytes > MOST_BYTES or upload.purged_at or upload.scan in (Scan.WAITING, Scan.INFECTED):
        raise NotFound
    if is_withdrawn(upload):
        raise NotFound
    try:
        with store().open(upload.key) as stream:
            body, kind = repainted(stream.read(MOST_BYTES + 1), edge=edge)
    except (NoSuchKey, *BROKEN):
        raise NotFound from None
    response = Response(body, mimetype=kind)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def repainted(body: bytes, *, edge: int) -> tuple[bytes, str]:
    """The first frame of a picture, upright, within a square of `edge` pixels, encoded anew; and its type."""
    with Image.open(BytesIO(body), formats=FORMATS) as source:
        if source.width * source.height > MOST_PIXELS:
            raise Image.DecompressionBombError("too many pixels")
        source.draft("RGB", (edge, edge))
        painted = ImageOps.exif_transpose(source)
        seen_through = "A" in painted.getbands() or "transparency" in painted.info
        painted = painted.convert("RGBA" if seen_through else "RGB")
    painted.thumbnail((edge, edge))
    out = BytesIO()
    if seen_through:
        painted.save(out, "PNG")
        return out.getvalue(), "image/png"
    painted.save(out, "JPEG", quality=86, progressive=True)
    return out.getvalue(), "image/jpeg"
