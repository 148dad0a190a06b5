"""The demo's files: a few made for it by hand, the others drawn on the spot, small and real."""

from __future__ import annotations

import io
import random
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

SHELF = Path(__file__).parent / "files"
PAGE, PHOTO = (620, 877), (960, 640)


def content_of(name: str) -> bytes:
    """The bytes of a file with this name: from the shelf, or drawn after its ending (pdf, jpg, png)."""
    ready = SHELF / name
    if ready.is_file():
        return ready.read_bytes()
    stem, _, ending = name.rpartition(".")
    if stem.startswith("Homepage "):
        return _homepage(stem)
    chance = random.Random(name)
    drawing = {"pdf": _page, "jpg": _photo, "png": _sign}[ending](stem, chance)
    buffer = io.BytesIO()
    if ending == "pdf":
        more = [_page("", chance) for _ in range(chance.randint(0, 5))]
        drawing.save(buffer, "PDF", resolution=75.0, title=stem, save_all=True, append_images=more)
    else:
        drawing.save(buffer, "JPEG" if ending == "jpg" else "PNG", quality=80)
    return buffer.getvalue()


def _homepage(stem: str) -> bytes:
    """The design as it stood in this version: the first without opening hours, the second with a loud button."""
    if stem == "Homepage 3":
        return (SHELF / "homepage.jpg").read_bytes()
    design: Image.Image = Image.open(SHELF / "homepage.jpg")
    if stem == "Homepage 1":
        design = design.crop((0, 54, *design.size))
    draw = ImageDraw.Draw(design)
    top = 36 if stem == "Homepage 1" else 90
    draw.rounded_rectangle((1030, top, 1150, top + 46), 23, fill=(214, 40, 40))
    draw.text((1090, top + 23), "ORDER NOW", font=ImageFont.load_default(17), fill="white", anchor="mm")
    buffer = io.BytesIO()
    design.save(buffer, "JPEG", quality=78)
    return buffer.getvalue()


def _page(title: str, chance: random.Random) -> Image.Image:
    """A page with its title and lines where text would stand."""
    page = Image.new("L", PAGE, 252)
    draw = ImageDraw.Draw(page)
    draw.text((64, 70), title if title.isascii() else "", font=ImageFont.load_default(26), fill=30)
    draw.line((64, 118, 556, 118), fill=190, width=2)
    y = 150
    while y < 800:
        for _ in range(chance.randint(3, 7)):
            draw.rounded_rectangle((64, y, chance.randint(380, 556), y + 7), 3, fill=205)
            y += 19
        y += 24
    return page


def _photo(_name: str, chance: random.Random) -> Image.Image:
    """Soft light, a table's edge and round things on it: a picture, not a test pattern."""
    warm = chance.choice([(196, 164, 128), (150, 172, 168), (178, 158, 180), (164, 178, 140), (200, 176, 140)])
    photo = Image.new("RGB", PHOTO, warm)
    draw = ImageDraw.Draw(photo)
    for y in range(PHOTO[1]):
        shade = 0.72 + 0.4 * y / PHOTO[1]
        draw.line((0, y, PHOTO[0], y), fill=tuple(min(255, int(c * shade)) for c in warm))
    draw.rectangle((0, 430, PHOTO[0], PHOTO[1]), fill=tuple(int(c * 0.62) for c in warm))
    for _ in range(chance.randint(3, 6)):
        x, size = chance.randint(80, 780), chance.randint(70, 150)
        tone = chance.choice([(236, 226, 208), (122, 84, 60), (214, 120, 84), (92, 116, 104), (226, 190, 120)])
        draw.ellipse((x + 14, 440, x + size + 22, 472), fill=tuple(int(c * 0.42) for c in warm))
        draw.rounded_rectangle((x, 450 - size, x + size, 460), size // 3, fill=tone)
        draw.ellipse((x + size // 5, 462 - size, x + size // 2, 490 - size), fill=tuple(min(255, c + 26) for c in tone))
    return photo.filter(ImageFilter.GaussianBlur(1.6))


def _sign(name: str, chance: random.Random) -> Image.Image:
    """A mark: a round sign in one colour with a letter."""
    colour = chance.choice([(24, 92, 99), (160, 74, 44), (70, 82, 140), (96, 116, 58)])
    sign = Image.new("RGBA", (480, 480), (0, 0, 0, 0))
    draw = ImageDraw.Draw(sign)
    draw.ellipse((20, 20, 460, 460), fill=(*colour, 255))
    letter = name[0].upper() if name[0].isascii() else "O"
    draw.text((240, 240), letter, font=ImageFont.load_default(240), fill="white", anchor="mm")
    return sign
