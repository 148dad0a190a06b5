"""Prints letters: the words of a template in the reader's language, on the firm's paper, as HTML and as plain text."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from unicodedata import bidirectional
from zoneinfo import ZoneInfo

import css_inline
from babel import Locale
from flask import current_app, g, has_app_context
from flask_babel import force_locale, timezone
from jinja2 import Template

from portal.web.i18n import locale_of, spoken

_COLOUR = re.compile(r"#[0-9a-f]{6}")
_SIDES = {"L": "ltr", "R": "rtl", "AL": "rtl"}
_MARKS = {"ltr": "\N{LEFT-TO-RIGHT MARK}", "rtl": "\N{RIGHT-TO-LEFT MARK}"}
_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """What the firm's paper shows; colours are #rrggbb, the dark ones are for dark screens."""

    name: str
    phone: str = ""
    address: str = ""
    mark_url: str = ""
    brand: str
    brand_on: str
    brand_text: str
    dark_brand: str = ""
    dark_brand_on: str = ""
    dark_brand_text: str = ""

    def __post_init__(self) -> None:
        """Refuse anything but plain colours: they are written into a style sheet."""
        optional = [colour for colour in (self.dark_brand, self.dark_brand_on, self.dark_brand_text) if colour]
        for colour in (self.brand, self.brand_on, self.brand_text, *optional):
            if not _COLOUR.fullmatch(colour):
                raise ValueError(f"{colour!r} is not a colour like #0b5a63")

    @property
    def phone_number(self) -> str:
        """The phone as a telephone dials it."""
        return re.sub(r"[^\d+]", "", self.phone)


@dataclass(frozen=True)
class Letter:
    """One printed letter: both twins say the same. `unsubscribe` is where one press ends letters like it (RFC 8058)."""

    subject: str
    preheader: str
    html: str
    text: str
    unsubscribe: str = ""


def render(template_name: str, *, lang: str, zone: ZoneInfo, firm: Letterhead, **values: object) -> Letter:
    """Print mail/<template_name>.txt (which also names subject and preheader) and its HTML twin for one reader."""
    if not has_app_context():
        raise RuntimeError("letters are printed inside the app: without it they would silently be English")
    lang = spoken(lang)
    side = Locale.parse(lang).text_direction
    paper = {"lang": lang, "dir": side, "zone": zone, "firm": firm}
    edges = {"start": "left", "end": "right"} if side == "ltr" else {"start": "right", "end": "left"}
    with reading_as(lang, zone):
        plain = _template(f"{template_name}.txt")
        known = values | paper | edges
        known |= {name: steady(_block(plain, name, known), side) for name in ("subject", "preheader")}
        html = _INLINER.inline(_template(f"{template_name}.html").render(known))
        text = plain.render(known)
    return Letter(subject=str(known["subject"]), preheader=str(known["preheader"]), html=_thin(html), text=steady(_tidy(text), side))


@contextmanager
def reading_as(lang: str, zone: ZoneInfo) -> Iterator[None]:
    """Format words, numbers and times as this reader expects them, whoever asked for the letter."""
    with force_locale(locale_of(lang)):
        memory = g._flask_babel  # Flask-Babel has no force_timezone; this is where it remembers what it chose
        before = getattr(memory, "babel_tzinfo", None)
        memory.babel_tzinfo = timezone(zone.key)
        try:
            yield
        finally:
            memory.babel_tzinfo = before


def _template(name: str) -> Template:
    return current_app.jinja_env.get_template(f"mail/{name}")


def _block(template: Template, name: str, values: dict[str, object]) -> str:
    """Read one block of a letter as one line; a letter without it is not finished."""
    if name not in template.blocks:
        raise LookupError(f"{template.name} has no block {name!r}")
    return " ".join("".join(template.blocks[name](template.new_context(values))).split())


def steady(text: str, side: str) -> str:
    """The text, with a mark before each line that our letters share with others and that would begin on the wrong side."""
    return "\n".join(_steady_line(line, side) for line in text.split("\n"))


def _steady_line(line: str, side: str) -> str:
    letters = [_SIDES[of] for of in map(bidirectional, line) if of in _SIDES]
    if side not in letters or letters[0] == side or line.startswith("> "):  # what people wrote themselves begins where they began
        return line
    bullet = "- " if line.startswith("- ") else ""
    return bullet + _MARKS[side] + line.removeprefix(bullet)


def _thin(html: str) -> str:
    """Leave out empty lines: mail programs cut off long mails."""
    return re.sub(r"\n\s*\n+", "\n", html)


def _tidy(text: str) -> str:
    """End lines where their words end and leave one empty line between paragraphs, but keep the mark before the footer."""
    lines = "\n".join(line if line == "-- " else line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"
