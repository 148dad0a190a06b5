"""In a real browser: follow-ups open in place, typing is saved, and nothing typed is lost when saving fails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from portal.models.definition.rules import outline

from .bakery import BAKERY
from .conftest import ORIGIN, serve_script

TEXTS = {"saved": "Saved", "saving": "Saving", "waiting": "Not saved yet", "look": "Needs a look", "signed-out": "Signed out"}
TEXTS |= {"conflict": "Two texts", "restored": "Brought back"}
CSP = "default-src 'none'; script-src 'self'; connect-src 'self'; form-action 'self'"


class Desk:
    """The server's side of the protocol, in memory: stored answers, revisions, and what came in."""

    def __init__(self) -> None:
        self.stored: dict[str, list[str]] = {}
        self.revs: dict[str, int] = {}
        self.fails = ""
        self.posts: list[dict[str, list[str]]] = []
        self.sent: dict[str, list[str]] | None = None

    def save(self, route: Route) -> None:
        form = parse_qs(route.request.post_data or "", keep_blank_values=True)
        self.posts.append(form)
        key, rev, value = form["question"][0], int(form["rev"][0]), form.get("value", [])
        if self.fails == "offline":
            route.abort()
            return
        if self.fails == "signed out":
            route.fulfill(status=401)
            return
        assert route.request.headers["x-csrftoken"] == "token"
        if key == "orders" and value and not value[0].isdecimal():
            route.fulfill(status=422, json={"question": key, "message": "must be a number"})
        elif self.stored.get(key, []) != value and self.revs.get(key, 0) != rev:
            route.fulfill(status=409, json={"question": key, "rev": self.revs[key], "value": self.stored[key], "by": "Cal", "at": "10:04"})
        else:
            self.keep(key, value)
            route.fulfill(json={"question": key, "rev": self.revs[key], "saved_at": "2026-09-24T10:05:00Z"})

    def keep(self, key: str, value: list[str]) -> None:
        if self.stored.get(key, []) != value:
            self.stored[key] = value
            self.revs[key] = self.revs.get(key, 0) + 1

    def hand_in(self, route: Route) -> None:
        self.sent = parse_qs(route.request.post_data or "")
        route.fulfill(body="<!doctype html><title>Sent</title>", content_type="text/html")

    def page(self, route: Route) -> None:
        texts = " ".join(f'data-text-{name}="{words}"' for name, words in TEXTS.items())
        rules = escape(json.dumps(outline(BAKERY)))
        route.fulfill(
            content_type="text/html",
            headers={"Content-Security-Policy": CSP},
            body=f"""<!doctype html><title>Questions</title><script type="module" src="/static/questionnaire.js"></script>
            <template data-conflict><p>Cal: <q data-theirs></q> You: <q data-mine></q></p><button data-take="theirs">Theirs</button>
            <button data-take="mine">Mine</button><button data-take="both">Both</button></template>
            <form data-questionnaire method="post" action="/section" data-save-url="/save" data-keep="item" {texts} data-rules="{rules}">
            <input type="hidden" name="csrf_token" value="token">{self.fields()}<button>Next section</button></form>
            <p class="saved" role="status"><span data-saved></span></p>""",
        )

    def fields(self) -> str:
        def question(key: str, inside: str) -> str:
            rev = self.revs.get(key, 0)
            hidden = f'<input type="hidden" name="rev.{key}" value="{rev}">'
            return f'<div data-question="{key}" data-rev="{rev}">{hidden}{inside}</div>'

        def tick(kind: str, key: str, value: str) -> str:
            checked = " checked" if value in self.stored.get(key, []) else ""
            return f'<label><input type="{kind}" name="{key}" value="{value}"{checked}>{key} {value}</label>'

        def text(key: str) -> str:
            return "".join(self.stored.get(key, []))

        orders = question("orders", f'<label>Orders <i data-optional>(optional)</i><input name="orders" value="{text("orders")}"></label>')
        how = question("how", tick("checkbox", "how", "phone") + tick("checkbox", "how", "shop") + orders)
        ahead = question("ahead", tick("radio", "ahead", "yes") + how + tick("radio", "ahead", "no"))
        return question("often", f'<label>Often <textarea name="often">{text("often")}</textarea></label>') + ahead


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def bea(browser: Browser, desk: Desk) -> Iterator[Page]:
    with_desk = browser.new_context()
    yield open_page(with_desk, desk)
    with_desk.close()


def open_page(context: BrowserContext, desk: Desk) -> Page:
    context.route(f"{ORIGIN}/save", desk.save)
    context.route(f"{ORIGIN}/section", desk.hand_in)
    context.route(f"{ORIGIN}/questions", desk.page)
    context.route(f"{ORIGIN}/static/*", serve_script)
    page = context.new_page()
    page.goto(f"{ORIGIN}/questions")
    return page


def says(page: Page, name: str) -> None:
    expect(page.locator("[data-saved]")).to_have_text(TEXTS[name])


def test_follow_ups_open_and_close_in_place(bea: Page) -> None:
    how, orders = bea.locator("[data-question=how]"), bea.locator("[data-question=orders]")
    expect(how).to_be_hidden()
    bea.get_by_label("ahead yes").check()
    expect(how).to_be_visible()
    expect(orders).to_be_hidden()
    bea.get_by_label("how phone").check()
    expect(orders).to_be_visible()
    assert bea.get_by_label("ahead yes").get_attribute("aria-controls") == how.get_attribute("id")
    assert bea.get_by_label("ahead no").get_attribute("aria-controls") is None
    bea.get_by_label("ahead no").check()
    expect(how).to_be_hidden()
    expect(bea.get_by_label("ahead no")).to_be_focused()


def test_typing_is_saved_after_a_moment_and_the_line_says_so(bea: Page, desk: Desk) -> None:
    bea.evaluate(
        """() => { window.told = []; new MutationObserver(([change]) => told.push(change.target.textContent))
            .observe(document.querySelector("[data-saved]"), { childList: true }); }"""
    )
    bea.get_by_label("Often").press_sequentially("Where to park?")
    says(bea, "saved")
    assert desk.stored["often"] == ["Where to park?"]
    assert len(desk.posts) < 4
    assert bea.locator("[name='rev.often']").input_value() == str(desk.revs["often"])
    assert bea.evaluate("told")[:2] == [TEXTS["saving"], TEXTS["saved"]]
    assert bea.evaluate("localStorage.length") == 0


def test_leaving_a_field_and_ticking_save_at_once(bea: Page, desk: Desk) -> None:
    bea.get_by_label("ahead yes").check()
    bea.get_by_label("how phone").check()
    bea.get_by_label("how shop").check()
    says(bea, "saved")
    bea.get_by_label("how phone").uncheck()
    bea.get_by_label("how shop").uncheck()
    expect(bea.locator("[name='rev.how']")).not_to_have_value("1")
    says(bea, "saved")
    assert desk.stored == {"ahead": ["yes"], "how": []}


def test_offline_typing_is_kept_and_sent_later(bea: Page, desk: Desk) -> None:
    desk.fails = "offline"
    bea.get_by_label("Often").fill("Parking")
    bea.get_by_label("Often").blur()
    says(bea, "waiting")
    desk.fails = ""
    says(bea, "saved")
    assert desk.stored["often"] == ["Parking"]


def test_a_killed_tab_loses_nothing(bea: Page, desk: Desk) -> None:
    desk.fails = "offline"
    bea.get_by_label("Often").fill("Half a sent")
    bea.close()
    again = open_page(bea.context, desk)
    expect(again.get_by_label("Often")).to_have_value("Half a sent")
    desk.fails = ""
    says(again, "saved")
    assert desk.stored["often"] == ["Half a sent"]


def test_a_lost_reply_is_no_conflict(bea: Page, desk: Desk) -> None:
    desk.keep("often", ["Parking"])
    bea.get_by_label("Often").fill("Parking")
    says(bea, "saved")
    assert desk.revs["often"] == 1


def test_signed_out_says_so_and_keeps_trying(bea: Page, desk: Desk) -> None:
    desk.fails = "signed out"
    bea.get_by_label("Often").fill("Parking")
    says(bea, "signed-out")
    desk.fails = ""
    says(bea, "saved")


@pytest.mark.parametrize(("take", "stands"), [("Theirs", "From Cal"), ("Mine", "From Bea"), ("Both", "From Cal\n\nFrom Bea")])
def test_two_texts_are_both_shown_and_one_chooses(bea: Page, desk: Desk, take: str, stands: str) -> None:
    desk.keep("often", ["From Cal"])
    bea.get_by_label("Often").fill("From Bea")
    says(bea, "conflict")
    assert "Cal: From Cal You: From Bea" in bea.locator("[data-panel]").inner_text().replace('"', "").replace("“", "").replace("”", "")
    assert desk.stored["often"] == ["From Cal"]
    bea.get_by_role("button", name=take).click()
    says(bea, "saved")
    expect(bea.get_by_label("Often")).to_have_value(stands)
    expect(bea.locator("[data-panel]")).to_have_count(0)
    assert desk.stored["often"] == [stands]


def test_kept_text_meets_a_newer_one_on_the_server(bea: Page, desk: Desk) -> None:
    desk.fails = "offline"
    bea.get_by_label("Often").fill("From Bea")
    bea.close()
    desk.keep("often", ["From Cal"])
    desk.fails = ""
    again = open_page(bea.context, desk)
    says(again, "conflict")
    again.get_by_role("button", name="Both").click()
    says(again, "saved")
    assert desk.stored["often"] == ["From Cal\n\nFrom Bea"]


def test_what_cannot_be_stored_stays_here_without_a_scolding(bea: Page, desk: Desk) -> None:
    bea.get_by_label("ahead yes").check()
    bea.get_by_label("how phone").check()
    bea.get_by_label("Orders").fill("a lot")
    says(bea, "look")
    expect(bea.get_by_label("Orders")).to_have_value("a lot")
    bea.get_by_label("Orders").fill("40")
    says(bea, "saved")
    assert desk.stored["orders"] == ["40"]


def test_next_section_waits_for_saves_and_takes_everything(bea: Page, desk: Desk) -> None:
    bea.get_by_label("Often").fill("Parking")
    bea.get_by_role("button", name="Next section").click()
    expect(bea).to_have_title("Sent")
    assert desk.sent
    assert desk.sent["often"] == ["Parking"]
    assert desk.sent["rev.often"] == ["1"] == [str(desk.revs["often"])]


def test_next_section_offline_stays_once_and_says_why(bea: Page, desk: Desk) -> None:
    desk.fails = "offline"
    bea.get_by_label("Often").fill("Parking")
    bea.get_by_role("button", name="Next section").click()
    says(bea, "waiting")
    expect(bea).to_have_title("Questions")
    bea.get_by_role("button", name="Next section").click()
    expect(bea).to_have_title("Sent")
