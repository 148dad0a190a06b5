"""Looking at a sent picture without ever showing the original: it is decoded here and written anew, small, from its pixels alone."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from flask import Response
from PIL import Image, ImageOps

from portal.kernel.refusal import NotFound
from portal.kinds.files import is_withdrawn
from portal.models.files import Scan, Upload
from portal.storage import NoSuchKey
from portal.storage.current import store

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}
MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 30_000_000
EDGE = 1400
_decoders = BoundedSemaphore(2)
TROUBLE = (NoSuchKey, OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning)


def can_be_shown(upload: Upload) -> bool:
    """Whether a preview of this file is worth trying."""
    safe = upload.scan not in (Scan.WAITING, Scan.INFECTED) and not upload.purged_at
    return safe and upload.type in FORMATS and upload.bytes <= MOST_BYTES


def measure(upload: Upload) -> tuple[int, int] | None:
    """Width and height of a picture that can be shown; None when it cannot."""
    if not can_be_shown(upload):
        return None
    try:
        with _opened(upload) as picture:
            return picture.size
    except TROUBLE:
        return None


def show(upload: Upload) -> Response:
    """A small copy of a picture, made from its pixels; whatever else lies in the file stays there."""
    if not can_be_shown(upload) or is_withdrawn(upload):
        raise NotFound
    try:
        with _decoders, _opened(upload) as picture:
            data, mimetype = _copied(picture)
    except TROUBLE:
        raise NotFound from None
    response = Response(data, mimetype=mimetype)
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


@contextmanager
def _opened(upload: Upload) -> Iterator[Image.Image]:
    """The picture with only its head read; refuses what claims to be something else or too large to unfold."""
    with store().open(upload.key) as stream:
        data = io.BytesIO(stream.read(MOST_BYTES + 1))
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(data, formats=[FORMATS[upload.type]]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValueError("too many pixels")
            yield picture


def _copied(picture: Image.Image) -> tuple[bytes, str]:
    picture.draft("RGB", (EDGE, EDGE))
    turned = ImageOps.exif_transpose(picture)
    turned.thumbnail((EDGE, EDGE))
    see_through = "A" in turned.getbands() or "transparency" in turned.info
    plain = turned.convert("RGBA" if see_through else "RGB")
    plain.info.clear()
    out = io.BytesIO()
    plain.save(out, "PNG" if see_through else "JPEG", **({} if see_through else {"quality": 82}))
    return out.getvalue(), "image/png" if see_through else "image/jpeg"
