"""A firm's mark: any common picture in, one small PNG out that a child process of ours drew anew, so that nothing else can hide in it."""

from __future__ import annotations

from io import BytesIO
from tempfile import TemporaryFile
from typing import IO

from portal.kernel.refusal import N_, Refused
from portal.storage import sandbox
from portal.storage.sandbox import Limits

MOST_BYTES = 5 * 1000 * 1000
SIDE = 512
DRAW = "portal.storage.painting.marks:square"
LIMITS = Limits(seconds=15, cpu=10, memory=1 << 30, written=2 << 20)
PNG = b"\x89PNG\r\n\x1a\n"
NOTHING_CHOSEN = N_("Choose a picture first.")
NO_PICTURE = N_("We cannot read this picture. Save it as PNG or JPG and choose it again.")


def redraw(stream: IO[bytes]) -> bytes:
    """The picture as a PNG of at most 512 pixels a side; raises Refused in words."""
    data = stream.read(MOST_BYTES + 1)
    if not data:
        raise Refused(NOTHING_CHOSEN, field="mark", status=422)
    if len(data) > MOST_BYTES:
        raise Refused(N_("This picture is larger than 5 MB. Save it smaller and choose it again."), field="mark", status=422)
    with TemporaryFile() as out:
        try:
            answer = sandbox.run(DRAW, BytesIO(data), out=out, told={"side": SIDE}, limits=LIMITS)
        except sandbox.Ended as ended:
            raise Refused(NO_PICTURE, field="mark", status=422) from ended
        if answer.get("trouble_found") == "too_large":
            raise Refused(N_("This picture has too many pixels. Save it smaller and choose it again."), field="mark", status=422)
        out.seek(0)
        drawn = out.read(LIMITS.written)
    if not drawn.startswith(PNG):
        raise Refused(NO_PICTURE, field="mark", status=422)
    return drawn
