"""What every painter hands back: plain pixels in sRGB, without anything that was written beside them."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageCms

SIXTEEN_TO_EIGHT = [value // 257 for value in range(65536)]
MODES = {"RGB ": "RGB", "CMYK": "CMYK", "GRAY": "L", "Lab ": "LAB"}


class CannotPaint(Exception):
    """There will be no picture; `why` is damaged, locked, too_large or nothing_to_see."""

    def __init__(self, why: str, pages: int = 0) -> None:
        super().__init__(why)
        self.why = why
        self.pages = pages


@dataclass
class Painted:
    """A picture ready to be written, and what is known of its original: width and height when upright, how many pages."""

    image: Image.Image
    width: int
    height: int
    pages: int = 0
    quality: int = 85
    subsampling: int = 2


def plain(image: Image.Image) -> Image.Image:
    """The same picture as RGB or RGBA in sRGB, eight bits a colour, with nothing beside its pixels."""
    profile = image.info.get("icc_profile")
    image = _eight_bits(image)
    alpha = _alpha(image)
    colours = image.convert("RGB") if image.mode in ("P", "PA", "RGBA", "RGBa", "RGBX", "YCbCr", "HSV") else image
    colours = colours.convert("L") if colours.mode in ("1", "LA", "La") else colours
    colours = _in_srgb(colours, profile) if profile else colours
    colours = _from_lab(colours) if colours.mode == "LAB" else colours.convert("RGB")
    if alpha is not None:
        colours.putalpha(alpha)
    colours.info.clear()
    return colours


def _eight_bits(image: Image.Image) -> Image.Image:
    """Greys of sixteen or more bits, spread over eight."""
    if image.mode.startswith("I;16") or image.mode == "I":
        return image.convert("I").point(SIXTEEN_TO_EIGHT, "L")
    if image.mode == "F":
        low, high = (float(str(each)) for each in image.getextrema())
        span = 255 / (high - low) if high > low else 1.0
        return image.point(lambda value: value * span - low * span).convert("L")
    return image


def _alpha(image: Image.Image) -> Image.Image | None:
    """How opaque each pixel is; None when all are wholly."""
    if "A" not in image.getbands() and "a" not in image.getbands() and "transparency" not in image.info:
        return None
    if image.mode == "LAB":
        return None
    alpha = image.convert("RGBA").getchannel("A")
    return None if alpha.getextrema() == (255, 255) else alpha


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The colours as the picture's own profile means them; a profile that makes no sense is passed over."""
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if MODES.get(own.profile.xcolor_space) != image.mode or str(own.profile.profile_description or "").startswith("sRGB"):
            return image
        changed = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
    return changed or image


def _from_lab(image: Image.Image) -> Image.Image:
    turned = ImageCms.profileToProfile(image, ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), outputMode="RGB")
    if turned is None:
        raise CannotPaint("damaged")
    return turned
