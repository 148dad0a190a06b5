"""Every page in light and dark, left to right and right to left: axe finds nothing, no width makes it scroll sideways.

The pictures lie in shots/<door>/ afterwards. Not part of the suite: `make looks`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path

import pytest

from portal.kernel.db import db
from portal.models.people import Person
from portal.web.i18n import LANGUAGES
from tests.journeys.hands import Screen
from tests.journeys.listening import Live
from tests.journeys.sights import DOORS, Sight, sights
from tests.support.axe import violations
from tests.support.cast import act

pytestmark = pytest.mark.looks

SHOTS = Path(__file__).parents[2] / "shots"
WIDTHS = (320, 360, 390, 600, 768, 900, 1024, 1280, 1440)
DIRECTIONS = {"ltr": "en", "rtl": "ar"}


@pytest.fixture(params=DIRECTIONS)
def language(request: pytest.FixtureRequest, live: Live) -> str:
    """What everybody reads: English, or a language that runs the other way (with words in English, until there are others)."""
    chosen = DIRECTIONS[request.param]
    live.app.config["LANGUAGES_SPOKEN"] = tuple(LANGUAGES)
    act(live.app, lambda: db.session.execute(Person.__table__.update().values(language=chosen)))
    return chosen


@pytest.mark.parametrize("door", DOORS)
def test_every_page_looks_right(live: Live, screens: Callable[..., Screen], door: str, language: str) -> None:
    wrong: dict[str, list[str]] = {}
    everything = sights(live, door, language, most=4)
    for theme in ("light", "dark"):
        for who, seen in itertools.groupby(everything, key=attrgetter("who")):
            screen = screens(color_scheme=theme, locale=language)
            if who:
                screen.enter(who)
            for sight in seen:
                wrong |= look_at(live, screen, sight, theme, "rtl" if language == "ar" else "ltr")
    assert not wrong, "\n".join(f"{name}\n  " + "\n  ".join(complaints) for name, complaints in wrong.items())


def look_at(live: Live, screen: Screen, sight: Sight, theme: str, direction: str) -> dict[str, list[str]]:
    """Look at one page in every width, and take its picture in two."""
    sight.show(live, screen.page)
    door, name = sight.name.split(".", 1)
    assert screen.page.locator("html").get_attribute("dir") in (direction, None)
    wrong: dict[str, list[str]] = {}
    for width in WIDTHS:
        screen.resize(width)
        complaints = screen.stands_out()
        if width in (390, 1280):
            file = SHOTS / door / f"{re.sub('[^a-z0-9]+', '-', name)}-{width}-{theme}-{direction}.png"
            screen.page.screenshot(path=file, full_page=True)
            complaints += violations(screen.page)
        if complaints:
            wrong[f"{sight.name} at {width}, {theme}, {direction}"] = complaints
    return wrong
