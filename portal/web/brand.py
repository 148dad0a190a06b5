"""One colour of a firm in, eighteen checked colours out: nine for light pages, nine for dark ones.

The firm's exact colour stays on the button wherever white or ink can be read on it. For text, lines and tints only the
lightness moves (OKLCH: the hue stays, the chroma shrinks until the colour fits into sRGB).
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

TEXT = 4.5  # WCAG 2.2 contrast of text
LINE = 3.0  # … of lines and meters
CALM = 7.0  # … of text on tints, where we can
STEP = 0.005  # of lightness

COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


class Grounds(NamedTuple):
    """What brand colours stand on; the same values as in tokens.css."""

    surface: str
    canvas: str
    sunken: str
    track: str


WHITE = "#ffffff"
INK = "#15181c"
EDGE = "#7b8491"
LIGHT = Grounds(surface="#ffffff", canvas="#f5f6f7", sunken="#eef0f2", track="#dfe3e8")
DARK = Grounds(surface="#16191d", canvas="#0e1013", sunken="#1e2227", track="#2f353d")


@dataclass(frozen=True)
class Tones:
    """The nine values of one theme, named as in tokens.css."""

    brand: str
    brand_hover: str
    brand_on: str
    brand_text: str
    brand_tint: str
    brand_tint_text: str
    brand_line: str
    brand_meter: str
    brand_edge: str = "transparent"

    def css(self) -> str:
        """The values as custom properties."""
        return " ".join(f"--{name.replace('_', '-')}: {value};" for name, value in vars(self).items())


@dataclass(frozen=True)
class Brand:
    """Both themes of one colour."""

    light: Tones
    dark: Tones


class Oklch(NamedTuple):
    """A colour as the eye sorts it: lightness 0–1, chroma, hue in radians."""

    lightness: float
    chroma: float
    hue: float

    @classmethod
    def of(cls, colour: str) -> "Oklch":
        """Read a hex colour."""
        red, green, blue = (_linear(part) for part in _parts(colour))
        long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
        middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
        short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
        lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
        a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
        b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
        return cls(lightness, math.hypot(a, b), math.atan2(b, a))

    def at(self, lightness: float, *, chroma: float | None = None) -> "Oklch":
        """The same hue, lighter or darker, perhaps quieter."""
        return Oklch(lightness, self.chroma if chroma is None else chroma, self.hue)

    def quieter(self, limit: float, *, share: float = 1.0) -> float:
        """A share of the chroma, but never above the limit."""
        return min(self.chroma * share, limit)

    def hex(self) -> str:
        """The nearest colour a screen can show: the chroma shrinks until it fits."""
        lightness, chroma = min(max(self.lightness, 0.0), 1.0), self.chroma
        while chroma > 0 and not all(-1e-4 <= part <= 1.0001 for part in _linear_rgb(lightness, chroma, self.hue)):
            chroma -= 0.002
        parts = (_gamma(min(max(part, 0.0), 1.0)) for part in _linear_rgb(lightness, max(chroma, 0.0), self.hue))
        return "#" + "".join(f"{round(255 * min(max(part, 0.0), 1.0)):02x}" for part in parts)

    def until_readable(self, grounds: Iterable[str], ratio: float, *, step: float) -> str:
        """Walk through the lightness until the colour stands out from all grounds."""
        grounds, lightness = tuple(grounds), self.lightness
        while 0 <= lightness <= 1:
            found = self.at(lightness).hex()
            if all(contrast(found, ground) >= ratio for ground in grounds):
                return found
            lightness += step
        return "#000000" if step < 0 else WHITE


def contrast(one: str, other: str) -> float:
    """The WCAG contrast of two colours, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def is_colour(text: str) -> bool:
    """Whether this is a colour as we take it: #rgb or #rrggbb."""
    return bool(COLOUR.fullmatch(text))


def derive(colour: str) -> Brand:
    """Both themes of a firm's colour."""
    return Brand(light=_light(colour), dark=_dark(colour))


def _light(colour: str) -> Tones:
    own = Oklch.of(colour)
    fill, on = _light_button(colour)
    tint = own.at(0.955, chroma=own.quieter(0.018, share=0.16)).hex()
    text = own.at(min(own.lightness, 0.62)).until_readable((LIGHT.surface, LIGHT.canvas, LIGHT.sunken, tint), TEXT, step=-STEP)
    return Tones(
        brand=fill,
        brand_hover=_light_hover(fill, on, own),
        brand_on=on,
        brand_text=text,
        brand_tint=tint,
        brand_tint_text=own.at(Oklch.of(text).lightness - 0.06).until_readable((tint,), CALM, step=-STEP),
        brand_line=own.at(0.80, chroma=own.quieter(0.07)).hex(),
        brand_meter=text,
        brand_edge=EDGE if contrast(fill, LIGHT.surface) < 1.6 else "transparent",
    )


def _light_button(colour: str) -> tuple[str, str]:
    """The fill and the text on it: the exact colour wherever one of white and ink can be read."""
    for on in (WHITE, INK):
        if contrast(colour, on) >= TEXT:
            return _long(colour), on
    return Oklch.of(colour).until_readable((WHITE,), TEXT, step=-STEP), WHITE


def _light_hover(fill: str, on: str, own: Oklch) -> str:
    lightness = Oklch.of(fill).lightness
    darker = own.at(lightness - (0.06 if on == WHITE else 0.035)).hex()
    return darker if contrast(darker, on) >= TEXT else own.at(lightness + 0.05).hex()


def _dark(colour: str) -> Tones:
    own = Oklch.of(colour)
    loud = own.quieter(0.115)
    fill = own.at(max(own.lightness, 0.72), chroma=loud).until_readable((DARK.surface, DARK.canvas), TEXT, step=STEP)
    tint = own.at(0.262, chroma=own.quieter(0.032, share=0.4)).hex()
    text = own.at(max(own.lightness, 0.79), chroma=own.quieter(0.10))
    return Tones(
        brand=fill,
        brand_hover=own.at(Oklch.of(fill).lightness + 0.06, chroma=loud).hex(),
        brand_on=own.at(0.19, chroma=own.quieter(0.03)).hex(),
        brand_text=text.until_readable((DARK.surface, DARK.canvas, DARK.sunken, tint), CALM, step=STEP),
        brand_tint=tint,
        brand_tint_text=own.at(0.88, chroma=own.quieter(0.06)).until_readable((tint,), CALM, step=STEP),
        brand_line=own.at(0.43, chroma=own.quieter(0.06)).hex(),
        brand_meter=fill,
    )


def check(brand: Brand) -> list[str]:
    """What cannot be read, in words; empty for every colour we know of."""
    return [*_unreadable("light", brand.light, LIGHT), *_unreadable("dark", brand.dark, DARK)]


def _unreadable(theme: str, tones: Tones, grounds: Grounds) -> list[str]:
    pairs = [
        ("text on the button", tones.brand_on, tones.brand, TEXT),
        ("text on the pressed button", tones.brand_on, tones.brand_hover, TEXT),
        ("text in a tinted box", tones.brand_tint_text, tones.brand_tint, TEXT),
        ("a link in a tinted box", tones.brand_text, tones.brand_tint, TEXT),
        ("a link on a card", tones.brand_text, grounds.surface, TEXT),
        ("a link on the page", tones.brand_text, grounds.canvas, TEXT),
        ("a link in a sunken box", tones.brand_text, grounds.sunken, TEXT),
        ("the meter on its track", tones.brand_meter, grounds.track, LINE),
        ("the meter on a card", tones.brand_meter, grounds.surface, LINE),
    ]
    return [
        f"{theme}: {what} has {contrast(front, back):.2f}, needs {ratio}"
        for what, front, back, ratio in pairs
        if contrast(front, back) < ratio
    ]


def brand_css(colour: str) -> str:
    """The style sheet of a firm's colour, to be loaded after tokens.css."""
    if not is_colour(colour):
        raise ValueError(f"not a colour: {colour!r}")
    brand = derive(colour)
    return (
        f":root {{ {brand.light.css()} }}\n"
        f'@media (prefers-color-scheme: dark) {{ :root:not([data-theme="light"]) {{ {brand.dark.css()} }} }}\n'
        f':root[data-theme="dark"] {{ {brand.dark.css()} }}\n'
    )


def _long(colour: str) -> str:
    digits = colour.lstrip("#").lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def _parts(colour: str) -> tuple[float, float, float]:
    digits = _long(colour)
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _gamma(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else float(1.055 * part ** (1 / 2.4) - 0.055)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear_rgb(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
