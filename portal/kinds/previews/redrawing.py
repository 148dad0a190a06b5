"""Pictures the firm shows: any common picture in, one out that a child process of ours drew anew, so that nothing else hides in it."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO

from portal.kernel.refusal import N_, Refused
from portal.storage import sandbox
from portal.storage.sandbox import Limits

MOST_BYTES = 5 * 1000 * 1000
LIMITS = Limits(seconds=15, cpu=10, memory=1 << 30, written=2 << 20)
NOTHING_CHOSEN = N_("Choose a picture first.")
NO_PICTURE = N_("We cannot read this picture. Save it as PNG or JPG and choose it again.")


def redraw(stream: IO[bytes], draw: str, *, side: int, field: str) -> tuple[bytes, Mapping[str, object]]:
    """The picture as this function of the child draws it, and what it says of it; raises Refused in words, at this field."""
    data = stream.read(MOST_BYTES + 1)
    if not data:
        raise Refused(NOTHING_CHOSEN, field=field, status=422)
    if len(data) > MOST_BYTES:
        raise Refused(N_("This picture is larger than 5 MB. Save it smaller and choose it again."), field=field, status=422)
    with TemporaryFile() as out:
        try:
            told = sandbox.run(draw, BytesIO(data), out=out, told={"side": side}, limits=LIMITS)
        except sandbox.Ended as ended:
            raise Refused(NO_PICTURE, field=field, status=422) from ended
        if told.get("trouble_found") == "too_large":
            raise Refused(N_("This picture has too many pixels. Save it smaller and choose it again."), field=field, status=422)
        out.seek(0)
        drawn = out.read(LIMITS.written)
    if told.get("trouble_found") or not drawn:
        raise Refused(NO_PICTURE, field=field, status=422)
    return drawn, told
