"""Pictures that people sent, shown in a page: never their own bytes, always painted anew, without what was hidden in them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore

from flask import Response
from PIL import Image, ImageOps

from portal.kernel.refusal import NotFound
from portal.kinds.files import is_withdrawn
from portal.models.files import Upload
from portal.storage import NoSuchKey
from portal.storage.current import store

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}
TROUBLE = (NoSuchKey, OSError, ValueError, SyntaxError, EOFError, MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning)
WHOLE_ONLY = "image/webp"
HEAD = 1_000_000
_decoders = BoundedSemaphore(2)


@dataclass(frozen=True)
class Copy:
    """How large a copy becomes (pixels a side), and how much its original may weigh and unfold to."""

    most_bytes: int
    edge: int = 1400
    most_pixels: int = 30_000_000


SENT = Copy(most_bytes=20_000_000)
SENT_LARGE = Copy(edge=2800, most_bytes=20_000_000)
PRESENTED = Copy(most_bytes=40_000_000, most_pixels=60_000_000)
PRESENTED_LARGE = Copy(edge=2800, most_bytes=40_000_000, most_pixels=60_000_000)
Image.MAX_IMAGE_PIXELS = PRESENTED.most_pixels


def presented(size: str | None) -> Copy:
    """How large to show what we presented: `large` fills a screen."""
    return PRESENTED_LARGE if size == "large" else PRESENTED


def sent(size: str | None) -> Copy:
    """How large to show what a client sent: `large` fills a screen."""
    return SENT_LARGE if size == "large" else SENT


def measure(upload: Upload, copy: Copy = SENT) -> tuple[int, int] | None:
    """Width and height of a picture that can be shown; None when it cannot."""
    if not _can_be_shown(upload, copy):
        return None
    try:
        with _opened(upload, copy, most=HEAD) as picture:
            return picture.size
    except TROUBLE:
        return None


def show_picture(upload: Upload, copy: Copy = SENT) -> Response:
    """A small copy of a picture; NotFound when it is none, too large to paint, or not to be touched."""
    if not _can_be_shown(upload, copy) or is_withdrawn(upload):
        raise NotFound
    try:
        with _decoders, _opened(upload, copy) as picture:
            body, kind = _repainted(picture, copy.edge)
    except TROUBLE:
        raise NotFound from None
    response = Response(body, mimetype=kind)
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


def _can_be_shown(upload: Upload, copy: Copy) -> bool:
    return upload.may_be_shown and upload.type in FORMATS and upload.bytes <= copy.most_bytes


@contextmanager
def _opened(upload: Upload, copy: Copy, *, most: int = 0) -> Iterator[Image.Image]:
    """The picture, read whole or only its first `most` bytes; refuses what claims to be something else or is too large to unfold."""
    whole = copy.most_bytes + 1
    with store().open(upload.key) as stream:
        data = io.BytesIO(stream.read(min(most, whole) if most and upload.type != WHOLE_ONLY else whole))
    with Image.open(data, formats=[FORMATS[upload.type]]) as picture:
        if picture.width * picture.height > copy.most_pixels:
            raise ValueError("too many pixels")
        yield picture


def _repainted(picture: Image.Image, edge: int) -> tuple[bytes, str]:
    """The first frame, upright, within a square of `edge` pixels, encoded anew; and its type."""
    picture.draft("RGB", (edge, edge))
    upright = ImageOps.exif_transpose(picture)
    see_through = "A" in upright.getbands() or "transparency" in upright.info
    plain = upright.convert("RGBA" if see_through else "RGB")
    plain.thumbnail((edge, edge))
    plain.info.clear()
    out = io.BytesIO()
    if see_through:
        plain.save(out, "PNG")
        return out.getvalue(), "image/png"
    plain.save(out, "JPEG", quality=86, progressive=True)
    return out.getvalue(), "image/jpeg"
