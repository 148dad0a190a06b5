"""A day of staff: nudge, look at what came in, begin with a new client. In Chromium, on a phone and at a desk, within so many clicks."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest
from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import select

from portal.edges.chores import do_chores
from portal.kernel.db import db
from portal.kinds import life
from portal.kinds.previews import ordering as previews
from portal.models.item_states import ItemState
from portal.models.items import Item
from tests.conftest import Clock
from tests.journeys.hands import Screen
from tests.journeys.listening import Live
from tests.support.cast import (
    act,
    as_viewer,
    fresh,
    make_client,
    make_contact,
    make_item,
    make_project,
    make_questionnaire,
    make_upload,
    reading,
)

pytestmark = pytest.mark.journey

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
NUDGE, ACCEPT, ASK_AGAIN, NEW_CLIENT = 2, 1, 3, 2


@pytest.fixture(autouse=True)
def _a_working_day(clock: Clock) -> None:
    clock.to(MONDAY)


@pytest.fixture(params=[390, 1280], ids=["phone", "desk"])
def ada(request: pytest.FixtureRequest, live: Live, screens: Callable[..., Screen]) -> Screen:
    """Ada, signed in, with her landing page open."""
    screen = screens(width=request.param)
    screen.enter(live.cast.ada)
    return screen


def land(ada: Screen, address: str = "/staff/") -> None:
    """Open the portal; what follows is counted from there."""
    ada.open(address)
    ada.taps = 0


class TestANudge:
    def test_the_letter_shown_is_the_letter_that_leaves(self, live: Live, ada: Screen, clock: Clock) -> None:
        make_item(live.app, live.cast.project, "Your logo", holds_up_id=live.cast.milestones[1].id)
        clock.advance(minutes=1)
        live.mails()
        land(ada)
        ada.stands_at("Who owes what")
        row = ada.page.get_by_role("row").filter(has=ada.page.get_by_role("link", name="Birch"))
        expect(row).to_contain_text("Your logo")
        ada.tap("Nudge Birch")
        letter = ada.page.locator(".letter__body")
        expect(letter).to_contain_text("Your logo")
        shown = words_of(letter.inner_text())
        subject = ada.page.locator(".letter__head b").inner_text()
        ada.tap("Send now")
        ada.reads("Nudge to", "sent.")
        assert ada.taps == NUDGE
        clock.advance(seconds=11)
        (mail,) = live.mails(to=live.cast.bea.email_typed)
        assert mail.subject == subject
        assert_same_letter(shown, mail.text)

    def test_with_two_keys_and_undone(self, live: Live, screens: Callable[..., Screen], clock: Clock) -> None:
        make_item(live.app, live.cast.project, "Your logo")
        clock.advance(minutes=1)
        live.mails()
        ada = screens()
        ada.enter(live.cast.ada)
        land(ada)
        ada.page.keyboard.press("n")
        expect(ada.page.locator(".letter__body")).to_contain_text("Your logo")
        ada.page.keyboard.press("Control+Enter")
        ada.reads("Nudge to")
        ada.tap("Undo")
        ada.reads("Nothing was sent")
        clock.advance(minutes=1)
        assert live.mails() == []


class TestAReview:
    def test_accept_one_and_ask_again_for_the_next(self, live: Live, ada: Screen, clock: Clock) -> None:
        logo = make_item(live.app, live.cast.project, "Your logo", state="sent")
        plan = make_item(live.app, live.cast.project, "Your plan", state="sent")
        clock.advance(minutes=40)
        live.mails()
        land(ada, "/staff/review")
        ada.tap("Review the delivery of Birch")
        ada.stands_at("Your logo")
        ada.taps = 0
        ada.tap("Accept")
        ada.reads("“Your logo” is accepted.")
        assert ada.taps == ACCEPT
        ada.stands_at("Your plan")
        ada.taps = 0
        ada.tap("Ask again")
        reason = ada.page.locator("fieldset.only-fill label").first
        ada.tick(reason.inner_text())
        message = ada.page.get_by_role("textbox", name="Message to")
        expect(message).not_to_have_value("")
        said = message.input_value()
        ada.page.locator("#ask .btn--primary").click()
        assert ada.taps + 1 == ASK_AGAIN and ada.keys == 0
        ada.reads("All reviewed.")
        assert [fresh(live.app, item).state for item in (logo, plan)] == [ItemState.ACCEPTED, ItemState.RETURNED]
        clock.advance(seconds=11)
        (mail,) = live.mails(to=live.cast.bea.email_typed)
        assert said in " ".join(mail.text.split()) and "Your plan" in mail.text and f"/items/{plan.id}" in mail.text


class TestAPicture:
    def test_opens_over_the_whole_screen_and_leaves_the_page_as_it_was(self, live: Live, ada: Screen) -> None:
        photos = make_item(live.app, live.cast.project, "Photos")
        for name, colour in (("shop.png", "teal"), ("oven.png", "coral")):
            upload = make_upload(live.app, photos, name=name, content=picture(colour))
            act(live.app, partial(previews.order, upload))
        do_chores(live.app)
        bea = as_viewer(live.app, live.cast.bea)
        act(live.app, lambda: life.hand_over(db.session.get_one(Item, photos.id), by=bea), by=bea)
        land(ada, "/staff/review")
        ada.tap("Review the delivery of Birch")
        ada.tap("Ask again")
        ada.page.get_by_role("textbox", name="Message to").fill("The second")
        ada.page.get_by_role("link", name="Open shop.png large").click()
        shown = ada.page.get_by_role("dialog", name="shop.png")
        expect(shown).to_contain_text("of 2")
        ada.page.keyboard.press("a")
        ada.page.keyboard.press("ArrowRight")
        expect(ada.page.get_by_role("dialog", name="oven.png")).to_contain_text("of 2")
        assert ada.page.locator(".look img").evaluate("async (img) => { await img.decode(); return img.naturalWidth }") == 400
        ada.page.keyboard.press("Escape")
        expect(ada.page.get_by_role("dialog", name="oven.png")).to_be_hidden()
        expect(ada.page.get_by_role("link", name="Open oven.png large")).to_be_focused()
        expect(ada.page.get_by_role("textbox", name="Message to")).to_have_value("The second")
        assert fresh(live.app, photos).state is ItemState.SENT


def picture(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (400, 300), colour).save(out, "PNG")
    return out.getvalue()


class TestANewClient:
    def test_written_down_and_sent_in_one_go(self, live: Live, ada: Screen) -> None:
        land(ada)
        ada.tap("New client")
        ada.stands_at("New client")
        ada.type("Company or person", "Dogwood")
        ada.type("Contact person", "Dana Dogwood")
        ada.type("Email address", "dana@dogwood.example")
        ada.page.get_by_role("textbox", name="Project", exact=True).fill("New website")
        thing = ada.page.get_by_role("group", name="Thing 1")
        thing.get_by_role("textbox", name="What we need").fill("Your logo")
        expect(ada.page.get_by_role("complementary")).to_contain_text("Your logo")
        ada.tap("Create and send")
        ada.stands_at("Dogwood")
        ada.reads("Created and sent.")
        assert ada.taps == NEW_CLIENT
        (mail,) = live.mails(to="dana@dogwood.example")
        assert "Your logo" in mail.text and mail.code and "/l/" in mail.link
        with reading(live.app) as session:
            (item,) = session.scalars(select(Item))
        assert item.state is ItemState.TO_DO


def words_of(text: str) -> str:
    return " ".join(text.split())


def assert_same_letter(shown: str, text: str) -> None:
    """Everything that was shown stands in the mail, word for word and in this order."""
    written = words_of(text)
    at = 0
    for word in shown.split():
        found = written.find(word, at)
        assert found >= 0, f"{word!r} was shown, but the mail goes on with {written[at : at + 80]!r}"
        at = found + len(word)


class TestTheEditor:
    def test_what_was_typed_and_not_sent_survives_a_link_and_goes_with_enter(self, live: Live, ada: Screen) -> None:
        version = make_questionnaire(live.app)
        home = f"/staff/questionnaires/{version.questionnaire_id}"
        land(ada, home)
        typed = ada.page.locator("[name$='-label']").first
        ada.page.locator("summary", has_text="Add a question").first.click()
        typed.fill("Half a thought")
        ada.page.get_by_role("link", name="Preview as client").click()
        ada.open(home)
        expect(typed).to_have_value("Half a thought")
        ada.reads("stands in the form again")
        typed.press("Enter")
        added = ada.page.get_by_role("link", name="Half a thought")
        expect(added).to_be_visible()
        expect(typed).to_have_value("")
        added.click()
        ada.page.get_by_label("Help for the client").fill("For instance")
        ada.page.reload()
        expect(ada.page.get_by_label("Help for the client")).to_have_value("For instance")
        ada.page.get_by_role("link", name="Cancel").click()
        added.click()
        expect(ada.page.get_by_label("Help for the client")).to_have_value("")


def test_a_long_name_pushes_nothing_out_of_its_table(live: Live, ada: Screen) -> None:
    client = make_client(live.app, "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft mbH")
    make_contact(live.app, client, email="dora@dampf.example")
    make_item(live.app, make_project(live.app, client), "Your logo")
    for address in ("/staff/", "/staff/clients"):
        land(ada, address)
        expect(ada.page.get_by_role("link", name="Donaudampf").first).to_be_visible()
        assert ada.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
