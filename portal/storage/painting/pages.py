"""Painting pages of a PDF, forms filled as their sender filled them; nothing in it is run."""

from __future__ import annotations

import contextlib
from typing import BinaryIO

import pypdfium2
from pypdfium2 import raw as pdfium

from portal.storage.painting.canvas import CannotPaint, Painted, plain

SHARPEST = 4.0  # pixels for a point: a stamp-sized page is not blown up for ever


def paint(source: BinaryIO, *, kind: str, edge: int, page: int = 1) -> Painted:
    """One page within a square of `edge` pixels, as large as its paper says or fitted."""
    try:
        document = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD or "password" in str(error).lower()
        raise CannotPaint("locked" if locked else "damaged") from None
    pages = len(document)
    if not 1 <= page <= pages:
        raise CannotPaint("nothing_to_see" if pages else "damaged", pages)
    try:
        with contextlib.suppress(pypdfium2.PdfiumError, RuntimeError):
            document.init_forms()
        return _painted(document[page - 1], edge, pages)
    except (pypdfium2.PdfiumError, OSError, ValueError):
        raise CannotPaint("damaged", pages) from None


def _painted(leaf: pypdfium2.PdfPage, edge: int, pages: int) -> Painted:
    width, height = leaf.get_size()
    if width <= 0 or height <= 0:
        raise CannotPaint("nothing_to_see", pages)
    scale = min((edge - 1) / max(width, height), SHARPEST)
    image = leaf.render(scale=scale, rev_byteorder=True, prefer_bgrx=True).to_pil()
    return Painted(plain(image.convert("RGB")), round(width) or 1, round(height) or 1, pages, quality=86, subsampling=0)
