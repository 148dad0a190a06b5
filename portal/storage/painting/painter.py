"""The child's side: one page of a file in several sizes.

Answers where in `out` each size lies (`sheets`: start, bytes, width, height, type), how large the original is when it stands upright
(`width`, `height`) and how many pages it has (`pages`, 0 where that means nothing); or `trouble_found`: damaged, locked, too_large,
nothing_to_see.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import BinaryIO

from PIL import Image

from portal.storage.painting import FILMS, JPEG, PICTURES, WEBP, films, pages, pictures
from portal.storage.painting.canvas import CannotPaint, Painted

PATIENCE = 10  # how far a painter steps back when others need the machine
PAINTERS: dict[str, Callable[..., Painted]] = {
    **dict.fromkeys(PICTURES, pictures.paint),
    "pdf": pages.paint,
    **dict.fromkeys(FILMS, films.paint),
}


def paint(source: BinaryIO, out: BinaryIO, *, kind: str, edges: Sequence[int], page: int = 1) -> dict[str, object]:
    """Paint one page of a file (a picture has one) in every size, the largest first; a size the original does not reach is left out."""
    os.nice(PATIENCE)
    try:
        painted = PAINTERS[kind](source, kind=kind, edge=max(edges), page=page)
    except CannotPaint as trouble:
        return {"trouble_found": trouble.why, "pages": trouble.pages}
    sheets: list[dict[str, object]] = []
    copy = painted.image
    for edge in sorted(edges, reverse=True):
        if sheets and max(copy.size) <= edge:
            continue
        copy.thumbnail((edge, edge), Image.Resampling.LANCZOS, reducing_gap=3.0)
        start = out.tell()
        if "A" in copy.getbands():
            copy.save(out, "WEBP", quality=90, method=2)
        else:
            copy.save(out, "JPEG", quality=painted.quality, subsampling=painted.subsampling)
        out.seek(0, os.SEEK_END)
        sheets.append(
            {
                "start": start,
                "bytes": out.tell() - start,
                "width": copy.width,
                "height": copy.height,
                "type": WEBP if "A" in copy.getbands() else JPEG,
            }
        )
    return {"sheets": sheets, "width": painted.width, "height": painted.height, "pages": painted.pages}
