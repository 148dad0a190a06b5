"""From the mail to the answers sent: in a browser whose tab is killed half-way, and without scripts, with the same end."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Error, Page, expect
from sqlalchemy import select

from portal.kernel.db import db
from portal.models.deliveries import HandOver
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.people import Person
from portal.models.questionnaires import Answer
from tests.journeys.conftest import Live
from tests.models.definition.bakery import BAKERY
from tests.support.browser import Browser
from tests.support.cast import answer, fresh, make_item, make_questionnaire, reading

pytestmark = pytest.mark.journey

OFTEN = "Which breads have no gluten, and where can I park?"
SAVED = re.compile(r"Saved \d\d:\d\d")
LINE = "[role=status] [data-saved]"
WIDTHS = {390: 844, 1280: 900}


@pytest.fixture
def quiz(live: Live) -> Item:
    """The bakery's questionnaire, on Birch's list."""
    version = make_questionnaire(live.app, BAKERY)
    return make_item(live.app, live.cast.project, "About your bakery", kind="questionnaire", questionnaire_version_id=version.id)


def it_arrived(live: Live, quiz: Item) -> None:
    """The end of both ways: exactly what Bea answered is in the firm's court."""
    assert fresh(live.app, quiz).state is ItemState.SENT
    with reading(live.app):
        handed = db.session.scalars(select(HandOver).where(HandOver.item_id == quiz.id)).one()
    told = {answer["key"]: answer.get("value") for section in json.loads(handed.content)["sections"] for answer in section["answers"]}
    expected = {"who": ["families"], "often": OFTEN, "ahead": "yes", "how": ["phone"], "orders": "45", "opening": "2026-10-01", "old": None}
    assert told == expected and handed.by_id == live.cast.bea.id


@pytest.mark.parametrize("width", WIDTHS)
def test_from_the_mail_to_sent_with_a_killed_tab_in_between(live: Live, quiz: Item, browser: Chromium, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": WIDTHS[width]}, reduced_motion="reduce")
    page = context.new_page()
    come_in(page, live, quiz)
    page.get_by_role("checkbox", name="Families nearby").check()
    page.get_by_role("textbox", name="What do people ask you most often?").fill(OFTEN)
    expect(page.get_by_role("group", name="How do they order?")).to_be_hidden()
    page.get_by_role("radio", name="Yes").check()
    page.get_by_role("checkbox", name="By phone").check()
    orders = page.get_by_role("textbox", name="How many orders in a normal week?")
    orders.fill("4")
    expect(page.locator("[role=status] [data-saved]")).to_have_text(SAVED)
    orders.press_sequentially("5")
    page.wait_for_timeout(100)
    kill(page)
    page = context.new_page()
    page.goto(f"{live.url}/items/{quiz.id}/sections/1")
    expect(page.get_by_role("textbox", name="How many orders in a normal week?")).to_have_value("45")
    expect(page.locator("[role=status] [data-saved]")).to_have_text(SAVED)
    page.goto(f"{live.url}/items/{quiz.id}")
    expect(page.get_by_role("heading", name="Look and feel", level=1)).to_be_visible()
    page.locator("[name=opening]").fill("2026-10-01")
    page.get_by_role("button", name="Check your answers").click()
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    expect(page.get_by_text("By phone")).to_be_visible()
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), "something stands out sideways"
    page.get_by_role("button", name="Send my answers").click()
    page.wait_for_url("**/sent")
    it_arrived(live, quiz)
    context.close()


def come_in(page: Page, live: Live, quiz: Item) -> None:
    """By the item's address through the sign-in mail to the first gap."""
    page.goto(f"{live.url}/items/{quiz.id}")
    page.get_by_role("textbox", name="Email address").fill(live.cast.bea.email_typed)
    page.get_by_role("button", name="Email me a link").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")
    page.goto(live.mail().link)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="About your customers", level=1)).to_be_visible()


def kill(page: Page) -> None:
    """End the tab's process, with no chance to say goodbye."""
    page.once("crash", lambda _page: None)
    with contextlib.suppress(Error):
        page.goto("chrome://crash", timeout=3000)


def test_the_same_without_scripts(live: Live, quiz: Item) -> None:
    bea = Browser(live.app)
    bea.get(f"/items/{quiz.id}", 303, follow=True)
    wanted = bea.page.value("next")
    bea.post("/login", {"email": live.cast.bea.email_typed, "next": wanted})
    mail = live.mail()
    bea.get(mail.path)
    bea.post(mail.path, {"keep": "y"})
    first = {"rev.who": "0", "who": "families", "rev.often": "0", "often": OFTEN, "rev.ahead": "0", "ahead": "yes"}
    follow_ups = {"rev.how": "0", "how": "phone", "rev.orders": "0", "orders": "a lot"}
    there = open_item(bea, quiz)
    assert there == f"/items/{quiz.id}/sections/1" and bea.page.h1 == "About your customers"
    bea.refused(there, first | follow_ups, says="Orders in a week must be a number", status=422)
    assert bea.post(there, first | follow_ups | {"orders": "45", "act": "later"}).location == "/"
    again = Browser(live.app).sign_in(live.cast.bea)
    there = open_item(again, quiz)
    assert there == f"/items/{quiz.id}/sections/2" and again.page.h1 == "Look and feel"
    assert again.post(there, {"rev.opening": "0", "opening": "2026-10-01", "act": "next"}).location == f"/items/{quiz.id}/check"
    assert "By phone" in again.follow().text
    assert again.post(f"/items/{quiz.id}/check").location == f"/items/{quiz.id}/sent"
    again.follow()
    it_arrived(live, quiz)


def open_item(browser: Browser, quiz: Item) -> str:
    """Open the item as a mail's link does; where it led."""
    page = browser.get(f"/items/{quiz.id}", 303)
    while page.status == 303:
        page = browser.follow() if not (page.location.endswith("/questions")) else browser.get(page.location, 303)
    return page.url


def test_two_browsers_at_once_keep_both_texts(
    live: Live, quiz: Item, browser: Chromium, enter: Callable[[BrowserContext, Person], None]
) -> None:
    def open_section(person: Person) -> Page:
        context = browser.new_context()
        enter(context, person)
        page = context.new_page()
        page.goto(f"{live.url}/items/{quiz.id}/sections/1")
        return page

    bea, ben = open_section(live.cast.bea), open_section(live.cast.ben)
    expect(ben.locator("[data-here-line]")).to_have_text("Bea Birch is in this section too.")
    ben.locator("[name=ahead][value=yes]").check()
    bea.locator("[name=who][value=families]").check()
    for page in (bea, ben):
        expect(page.locator(LINE)).to_have_text(SAVED)  # different questions are merged, nobody is asked
    ben.locator("[name=often]").fill("Ben: do you have rye?")
    expect(ben.locator("[role=status] [data-saved]")).to_have_text(SAVED)
    bea.locator("[name=often]").fill("Bea: where can I park?")
    panel = bea.locator("[data-panel]")
    expect(panel).to_contain_text("Ben: do you have rye?")
    expect(panel).to_contain_text("Bea: where can I park?")
    expect(panel).to_contain_text("Ben Moss")
    panel.get_by_role("button", name="Keep both").click()
    expect(bea.locator("[role=status] [data-saved]")).to_have_text(SAVED)
    with reading(live.app):
        kept = {row.question_key: row for row in db.session.scalars(select(Answer).where(Answer.item_id == quiz.id))}
    answer = kept["often"]
    assert kept["ahead"].value == "yes" and kept["who"].value == ["families"]
    assert answer.value == "Ben: do you have rye?\n\nBea: where can I park?" and answer.rev == 2
    for page in (bea, ben):
        page.context.close()


@pytest.fixture
def bea(live: Live, quiz: Item, browser: Chromium, enter: Callable[[BrowserContext, Person], None]) -> Iterator[Page]:
    """Bea in the first section."""
    context = browser.new_context(reduced_motion="reduce")
    enter(context, live.cast.bea)
    page = context.new_page()
    page.goto(f"{live.url}/items/{quiz.id}/sections/1")
    yield page
    context.close()


def stands(live: Live, quiz: Item, key: str) -> object:
    with reading(live.app):
        return db.session.scalar(select(Answer.value).where(Answer.item_id == quiz.id, Answer.question_key == key))


def test_what_never_left_a_killed_tab_is_sent_from_another_section(live: Live, quiz: Item, bea: Page) -> None:
    bea.route("**/answers", lambda route: route.abort())
    bea.locator("[name=often]").fill(OFTEN)
    expect(bea.locator(LINE)).to_have_text("Not saved yet: kept on this device, we try again")
    kill(bea)
    assert stands(live, quiz, "often") is None
    page = bea.context.new_page()
    with page.expect_response("**/answers"):
        page.goto(f"{live.url}/items/{quiz.id}/sections/2")
    assert stands(live, quiz, "often") == OFTEN


def test_what_cannot_be_saved_is_named_on_the_check_page(live: Live, quiz: Item, bea: Page) -> None:
    for key, value in (("ahead", "yes"), ("how", "phone"), ("orders", "45")):
        answer(live.app, quiz, key, value)
    bea.goto(f"{live.url}/items/{quiz.id}/sections/2")
    bea.locator("[name=old]").fill("our old page")
    expect(bea.locator(LINE)).to_have_text("Not all of it is saved: something needs a look first.")
    bea.goto(f"{live.url}/items/{quiz.id}/check")
    note = bea.get_by_text("What you typed here could not be saved yet.")
    expect(note).to_have_count(1)
    bea.get_by_role("link", name="Have a look").click()
    expect(bea.locator("[name=old]")).to_have_value("our old page")


def test_back_online_it_is_saved_by_itself_in_the_order_it_was_typed(live: Live, quiz: Item, bea: Page) -> None:
    bea.context.set_offline(True)
    bea.locator("[name=ahead][value=yes]").check()
    bea.locator("[name=often]").fill(OFTEN)
    expect(bea.locator(LINE)).to_have_text("Not saved yet: offline, kept on this device")
    order: list[str] = []
    bea.on("request", lambda request: order.append(request.post_data or "") if request.url.endswith("/answers") else None)
    bea.context.set_offline(False)
    expect(bea.locator(LINE)).to_have_text(SAVED, timeout=10_000)
    assert [text.split("&")[0] for text in order] == ["question=ahead", "question=often"]
    assert stands(live, quiz, "often") == OFTEN and stands(live, quiz, "ahead") == "yes"


def test_what_is_typed_after_the_sign_in_ran_out_survives_the_next_one(
    live: Live, quiz: Item, bea: Page, enter: Callable[[BrowserContext, Person], None]
) -> None:
    bea.context.clear_cookies()
    bea.locator("[name=often]").fill(OFTEN)
    expect(bea.locator(LINE)).to_have_text("Not saved yet: you are signed out, kept on this device")
    assert "/login?next=" in (bea.get_by_role("link", name="Sign in again").get_attribute("href") or "")
    enter(bea.context, live.cast.ben)
    bea.goto(f"{live.url}/items/{quiz.id}/sections/1")
    expect(bea.locator("[name=often]")).to_have_value("")  # another person at the same browser does not see it
    bea.context.clear_cookies()
    enter(bea.context, live.cast.bea)
    bea.goto(f"{live.url}/items/{quiz.id}/sections/1")
    expect(bea.locator(LINE)).to_have_text(SAVED)
    assert stands(live, quiz, "often") == OFTEN


def test_signing_out_leaves_nothing_typed_behind(live: Live, quiz: Item, bea: Page) -> None:
    bea.route("**/answers", lambda route: route.abort())
    bea.locator("[name=often]").fill(OFTEN)
    expect(bea.locator(LINE)).to_have_text("Not saved yet: kept on this device, we try again")
    assert bea.evaluate("Object.values(localStorage).join()").count(OFTEN) == 1
    bea.locator("details.me summary").click()
    bea.get_by_role("button", name="Sign out").click()
    bea.wait_for_url("**/login**")
    assert OFTEN not in bea.evaluate("Object.values(localStorage).join()")
