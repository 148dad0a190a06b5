"""The Back button after a form that came back with an error: it asks nobody to send anything again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.hands import Screen
from tests.journeys.listening import Live
from tests.support.cast import make_item, make_questionnaire

pytestmark = pytest.mark.journey

HOW_IT_STANDS = "performance.getEntriesByType('navigation')[0]"


@pytest.fixture
def bea(live: Live, screens: Callable[..., Screen]) -> Screen:
    """Bea at her phone."""
    screen = screens(width=390)
    screen.enter(live.cast.bea)
    return screen


def test_back_after_an_error_that_was_mended(live: Live, bea: Screen) -> None:
    item = make_item(live.app, live.cast.project, "The design", kind="approval")
    bea.open(f"/items/{item.id}/decision")
    bea.tick("Not yet, please change it")
    bea.tap("Send my answer")
    bea.reads("Tell us in one sentence what should be different.")
    bea.type("What should be different, or your note", "Warmer, please.")
    bea.tap("Send my answer")
    bea.stands_at("Thank you, we got your changes")
    for _ in "the page with the error", "the page before it":
        bea.page.go_back()  # a page that answers a sending raises here: the browser asks whether to send again
        bea.stands_at("The design")
        bea.reads("You asked for changes")


def test_reading_an_error_again_sends_nothing_again(live: Live, bea: Screen) -> None:
    item = make_item(live.app, live.cast.project, "Photos")
    bea.open(f"/items/{item.id}/cannot")
    bea.page.get_by_role("button", name="Tell").click()
    expect(bea.page.locator(".error-summary")).to_be_visible()
    bea.page.reload()
    assert bea.page.evaluate(f"{HOW_IT_STANDS}.responseStatus") == 200
    bea.stands_at("We don’t have this")


def test_an_error_on_an_address_that_cannot_be_opened_leads_back_to_its_form(live: Live, screens: Callable[..., Screen]) -> None:
    version = make_questionnaire(live.app)
    ada = screens()
    ada.enter(live.cast.ada)
    ada.open(f"/staff/questionnaires/{version.questionnaire_id}")
    ada.page.get_by_text("Add a section").click()
    ada.tap("Add")
    expect(ada.page.locator(".error-summary, .error").first).to_be_visible()
    ada.page.reload()
    assert ada.page.evaluate(f"{HOW_IT_STANDS}.responseStatus") == 200
    assert ada.path() == f"/staff/questionnaires/{version.questionnaire_id}"
