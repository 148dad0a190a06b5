"""Painting a poster for a film: a frame from near its beginning that is not black, upright, in its true shape."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from PIL import Image, ImageStat

from portal.storage.painting.canvas import CannotPaint, Painted, plain

FORMATS = {"mp4": "mov", "mov": "mov", "m4v": "mov", "3gp": "mov", "webm": "matroska", "mkv": "matroska", "avi": "avi", "wmv": "asf"} | {
    "mpg": "mpeg",
    "ogv": "ogg",
}
MOST_PIXELS = 40_000_000
MOST_FRAMES = 40  # looked at before we take what we have
INTO_IT = 1.0  # seconds; many films begin with black
TOO_DARK = 18
MICROSECONDS = 1_000_000
QUARTERS = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}


def paint(source: BinaryIO, *, kind: str, edge: int, page: int = 1) -> Painted:
    """The poster within a square of `edge` pixels. The container is opened as what it was found to be, so none can lead elsewhere."""
    if page != 1:
        raise CannotPaint("nothing_to_see")
    av = importlib.import_module("av")  # large, and seldom needed
    av.logging.set_level(av.logging.PANIC)
    try:
        with av.open(source, format=FORMATS[kind], options={"protocol_whitelist": "none", "max_streams": "64"}) as film:
            return _poster(film)
    except (av.error.FFmpegError, OSError, ValueError, EOFError, IndexError):
        raise CannotPaint("damaged") from None


def _poster(film: Any) -> Painted:
    moving = [stream for stream in film.streams.video if not stream.disposition.value & 0x400]  # a sound recording's cover is no film
    if not moving:
        raise CannotPaint("nothing_to_see")
    stream = moving[0]
    if stream.width * stream.height > MOST_PIXELS:
        raise CannotPaint("too_large")
    stream.codec_context.thread_count = 1
    stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
    frame = _telling_frame(film, stream)
    if frame is None:
        raise CannotPaint("damaged")
    image = frame.to_image()
    shape = stream.sample_aspect_ratio
    if shape and 0.1 < shape < 10 and shape != 1:
        image = image.resize((max(1, round(image.width * shape)), image.height))
    quarter = QUARTERS.get(round(frame.rotation) % 360)
    image = image.transpose(quarter) if quarter is not None else image
    return Painted(plain(image), *image.size)


def _telling_frame(film: Any, stream: Any) -> Any:
    """The first frame from a second into the film that shows something; else the brightest of those looked at."""
    length = (film.duration or 0) / MICROSECONDS
    if length > 2 * INTO_IT:
        with contextlib.suppress(Exception):  # a film that cannot be wound is looked at from where it stands
            film.seek(int(INTO_IT * MICROSECONDS))
    best, brightness = None, -1.0
    for frame in _frames(film, stream):
        light = ImageStat.Stat(frame.reformat(width=64, height=36, format="gray").to_image()).mean[0]
        if light > brightness:
            best, brightness = frame, light
        if light > TOO_DARK:
            break
    return best


def _frames(film: Any, stream: Any) -> Iterator[Any]:
    """As many frames as we look at; a film that breaks off later than that is none the worse."""
    frames = film.decode(stream)
    for seen in range(MOST_FRAMES):
        try:
            yield next(frames)
        except StopIteration:
            return
        except Exception:
            if not seen:
                raise
            return
