"""Limits of files as staff choose them: sensible steps, and the one that stands already."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from portal.kinds.files import room
from portal.web.i18n import number, size

MEGABYTE = 1000 * 1000
LARGEST = room.LARGEST_FILE // MEGABYTE
WIDTHS = (600, 1200, 2000, 3000)  # on a phone, in a text, across a page, in print
SIZES = (100_000, 1_000_000, 5_000_000)


def width_choices(kept: object) -> list[SelectChoice]:
    """How wide a picture should be at least, among them what is `kept`."""
    return _steps(WIDTHS, kept, lambda px: _("%(width)s px wide", width=number(px)))


def size_choices(kept: object) -> list[SelectChoice]:
    """How large a file should be at least, among them what is `kept`."""
    return _steps(SIZES, kept, size)


def _steps(offered: tuple[int, ...], kept: object, word: Callable[[int], str]) -> list[SelectChoice]:
    own = {int(str(kept))} if str(kept or "").isdecimal() and len(str(kept)) < 12 else set()
    return [SelectChoice("", _("No matter")), *(SelectChoice(str(step), word(step)) for step in sorted({*offered, *own}))]
