"""Every page once in a real browser: axe finds nothing, narrow or wide nothing stands out sideways, no script stumbles."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from operator import attrgetter

import pytest

from tests.journeys.hands import Screen
from tests.journeys.listening import Live
from tests.journeys.sights import DOORS, sights
from tests.support.axe import violations

pytestmark = pytest.mark.journey

USUAL = {"public": 390, "client": 390, "staff": 1280}  # clients sit at phones, staff at desks
AT_LEAST = {"public": 10, "client": 20, "staff": 60}


@pytest.mark.parametrize("door", DOORS)
def test_nobody_stumbles_on_any_page(live: Live, screens: Callable[..., Screen], door: str) -> None:
    found: dict[str, list[str]] = {}
    everything = sights(live, door)
    for who, seen in itertools.groupby(everything, key=attrgetter("who")):
        screen = screens(width=390)
        if who:
            screen.enter(who)
        for sight in seen:
            for width in (390, 1280):
                screen.resize(width)
                if width == 390:
                    sight.show(live, screen.page)
                looked = violations(screen.page) if width == USUAL[door] else []  # `make looks` has axe look at both
                found[f"{sight.name} at {width}"] = looked + screen.stands_out()
    wrong = {name: complaints for name, complaints in found.items() if complaints}
    assert not wrong, "\n".join(f"{name}\n  " + "\n  ".join(complaints) for name, complaints in wrong.items())
    assert len(everything) >= AT_LEAST[door]


def test_axe_and_the_ruler_would_notice(live: Live, screens: Callable[..., Screen]) -> None:
    screen = screens(width=390)
    screen.open("/login")
    assert violations(screen.page) + screen.stands_out() == []
    spoil = "main.innerHTML += '<input><p>grey</p><p>wide</p>'; main.lastChild.style.width = '1000px'"
    screen.page.evaluate(spoil.replace("main.", "document.querySelector('main')."))
    screen.page.evaluate("document.querySelector('main p:nth-last-child(2)').style.color = '#ddd'")
    said = " ".join(violations(screen.page) + screen.stands_out())
    assert "label: " in said and "color-contrast: p" in said and "stands out sideways: P" in said
