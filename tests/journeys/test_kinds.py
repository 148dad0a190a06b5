"""Every kind of question where scripts run: it saves itself, and what never reached the server comes back after the tab was killed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, expect

from portal.kinds.questionnaires.kind import answers_of
from portal.models.items import Item
from portal.models.people import Person
from tests.journeys.conftest import Live
from tests.models.definition.bakery import OF_EVERY_KIND
from tests.support.axe import violations
from tests.support.cast import make_item, make_questionnaire, reading

pytestmark = pytest.mark.journey
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def quiz(live: Live) -> Item:
    version = make_questionnaire(live.app, OF_EVERY_KIND)
    return make_item(live.app, live.cast.project, "About your bakery", kind="questionnaire", questionnaire_version_id=version.id)


@pytest.fixture
def context(live: Live, browser: Chromium, enter: Callable[[BrowserContext, Person], None]) -> BrowserContext:
    opened = browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce", base_url=live.url)
    enter(opened, live.cast.bea)
    return opened


def test_it_saves_itself_without_a_press(live: Live, quiz: Item, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"/items/{quiz.id}/sections/1")
    fill_facts(page)
    settled(page)
    assert violations(page) == []
    page.goto(f"/items/{quiz.id}/sections/2")
    fill_taste(page)
    settled(page)
    assert violations(page) == []
    with reading(live.app):
        told = dict(answers_of(quiz.id))
    assert len(told.pop("menu")) == 1  # type: ignore[arg-type]
    assert told == {
        "motto": "Bread first",
        "budget": "1200",
        "closed": "2026-08-01/2026-08-14",
        "opens": "06:30",
        "links": ["https://one.example", "https://two.example", "https://three.example"],
        "home": {"street": "Mill Lane 1", "town": "Bath"},
        "tone": "#11aa77",
        "happy": "2",
        "first": ["price", "taste", "look"],
        "where": "other=Online",
        "range": [{"bread": "Rye", "price": "2.5"}, {"bread": "Spelt", "size": "large"}],
        "router": "sealed",
        "terms": "I have read the terms.",
    }
    context.close()


def test_a_row_typed_without_a_line_comes_back_after_the_tab_was_killed(live: Live, quiz: Item, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"/items/{quiz.id}/sections/2")
    context.set_offline(True)
    page.get_by_role("textbox", name="Bread").fill("Rye")
    page.get_by_role("button", name="One more row").click()
    page.get_by_role("group", name="Row 2").get_by_role("textbox", name="Bread").fill("Spelt")
    page.get_by_role("textbox", name="Password of your website").fill("swordfish")
    expect(page.locator("[role=status] [data-saved]")).to_have_text("Not saved yet: leave this page open, we try again")
    assert "swordfish" not in page.evaluate("JSON.stringify({...localStorage})")
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto(f"/items/{quiz.id}/sections/2")
    settled(page)
    with reading(live.app):
        assert sorted(str(row) for row in answers_of(quiz.id)["range"]) == ["{'bread': 'Rye'}", "{'bread': 'Spelt'}"]  # type: ignore[union-attr]
    context.close()


def settled(page: Page) -> None:
    expect(page.locator("[role=status] [data-saved]")).to_have_text(re.compile(r"Saved \d\d:\d\d"))


def fill_facts(page: Page) -> None:
    page.get_by_role("textbox", name="Your motto").fill("Bread first")
    expect(page.get_by_text("49 characters left")).to_be_visible()
    page.get_by_role("textbox", name="Your budget").fill("€1,200")
    page.get_by_label("First day").fill("2026-08-01")
    page.get_by_label("Last day").fill("2026-08-14")
    page.get_by_label("When do you open?").fill("06:30")
    page.get_by_role("textbox", name="Address 1").fill("one.example")
    page.get_by_role("textbox", name="Address 2").fill("two.example")
    page.get_by_role("button", name="One more address").click()
    page.get_by_role("textbox", name="Address 3").fill("three.example")
    page.get_by_role("textbox", name="Street and number").fill("Mill Lane 1")
    page.get_by_role("textbox", name="Town").fill("Bath")


def fill_taste(page: Page) -> None:
    page.get_by_role("textbox", name="Your colour").fill("#1A7")
    expect(page.get_by_role("textbox", name="What is wrong with it?")).to_be_hidden()
    page.get_by_role("radio", name="2 of 5").check(force=True)
    expect(page.get_by_role("textbox", name="What is wrong with it?")).to_be_visible()
    page.get_by_role("button", name="Move Price up").click()
    page.get_by_role("radio", name="Something else").check()
    page.get_by_role("textbox", name="Something else").fill("Online")
    expect(page.get_by_role("textbox", name="Tell us where that is")).to_be_visible()
    page.get_by_role("textbox", name="Bread").fill("Rye")
    page.get_by_role("textbox", name="Price EUR").fill("2.50")
    expect(page.get_by_role("group", name="Do you sell all of it every day?")).to_be_hidden()
    page.get_by_role("button", name="One more row").click()
    second = page.get_by_role("group", name="Row 2")
    second.get_by_role("textbox", name="Bread").fill("Spelt")
    second.get_by_role("combobox", name="Size").select_option("large")
    expect(page.get_by_role("group", name="Do you sell all of it every day?")).to_be_visible()
    page.locator("input[type=file]").set_input_files({"name": "prices.pdf", "mimeType": "application/pdf", "buffer": PDF})
    expect(page.get_by_role("link", name="prices.pdf")).to_be_visible()
    page.get_by_role("textbox", name="Password of your website").fill("swordfish 1")
    page.get_by_role("checkbox", name="I agree").check()
