"""A firm's mark: any common picture in, one small PNG out."""

from __future__ import annotations

from typing import IO

from portal.kernel.refusal import Refused
from portal.kinds.previews import redrawing
from portal.kinds.previews.redrawing import NO_PICTURE

SIDE = 512
DRAW = "portal.storage.painting.marks:square"
PNG = b"\x89PNG\r\n\x1a\n"


def redraw(stream: IO[bytes]) -> bytes:
    """The picture as a PNG of at most 512 pixels a side; raises Refused in words."""
    drawn, _told = redrawing.redraw(stream, DRAW, side=SIDE, field="mark")
    if not drawn.startswith(PNG):
        raise Refused(NO_PICTURE, field="mark", status=422)
    return drawn
