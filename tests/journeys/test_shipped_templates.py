"""What comes of every shipped template, in a real browser, left to right in German and right to left: nobody stumbles on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.features.templates.shipped import shipped
from tests.journeys.hands import Screen
from tests.journeys.listening import Live
from tests.support.axe import violations
from tests.support.templates import begin_shipped, open_everything, pages_of, speak

pytestmark = pytest.mark.journey


def test_nobody_stumbles_on_what_comes_of_a_shipped_template(live: Live, screens: Callable[..., Screen]) -> None:
    screen = screens(width=390)
    screen.enter(live.cast.bea)
    found = {}
    for number, book in enumerate(shipped()):
        project = begin_shipped(live.app, live.cast, book.key)
        urls = [f"/projects/{project.id}"]
        open_everything(live.app, project)
        sections = [page for _item, pages in pages_of(live.app, project) for page in pages if "/sections/" in page]
        urls.append(sections[number % len(sections)])
        for language, url in zip(("ar", "de") if number % 2 else ("de", "ar"), urls, strict=True):
            speak(live.app, live.cast, language, "de")
            screen.page.goto(live.url + url)
            assert screen.page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
            found[f"{book.key} {url} {language}"] = violations(screen.page) + screen.stands_out()
    wrong = {name: complaints for name, complaints in found.items() if complaints}
    assert not wrong, "\n".join(f"{name}\n  " + "\n  ".join(complaints) for name, complaints in wrong.items())
    assert len(found) == 2 * len(shipped())
