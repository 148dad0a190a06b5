"""Pinning a comment in Chromium: with the keyboard alone, and with a finger; the place is the one that was meant."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from portal.edges.chores import do_chores
from portal.models.pins import Pin
from tests.support.axe import violations
from tests.support.cast import make_item, reading
from tests.support.pins import present_picture

pytestmark = pytest.mark.journey


def spots(live):
    with reading(live.app) as session:
        return [(pin.x, pin.y, pin.words) for pin in session.query(Pin).order_by(Pin.n)]


def test_a_comment_is_pinned_with_the_keyboard_and_with_a_finger(live, screens):
    item = make_item(live.app, live.cast.project, "Shop sign", kind="approval", state="preparing")
    drawn = io.BytesIO()
    Image.new("RGB", (800, 600), "#f5efe3").save(drawn, "PNG")
    picture = present_picture(live.app, live.cast, item, content=drawn.getvalue())
    do_chores(live.app)
    url = f"/items/{item.id}/decision/files/{picture.id}"
    desk = screens(width=1280)
    desk.enter(live.cast.bea)
    desk.open(url)
    stage = desk.page.get_by_role("application")
    for _ in range(20):
        desk.page.keyboard.press("Tab")
        if stage.evaluate("(stage) => stage === document.activeElement"):
            break
    for key in ("ArrowLeft", "Shift+ArrowUp", "Shift+ArrowUp"):
        desk.page.keyboard.press(key)
    expect(desk.page.locator("[data-pin-says]")).to_have_text("48 per cent from the left, 30 per cent from the top")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("[data-pin-says]")).to_contain_text("Write your comment.")
    desk.page.keyboard.type("Too small")
    assert violations(desk.page) == []
    desk.tap("Save comment")
    desk.reads("Comment 1 is saved.")
    phone = screens(width=390)
    phone.enter(live.cast.bea)
    phone.open(url)
    box = phone.page.locator("[data-pinboard]").bounding_box()
    phone.page.touchscreen.tap(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.9)
    expect(phone.page.get_by_label("Your comment", exact=True)).to_be_focused()
    expect(phone.page.get_by_label("Lower right")).to_be_checked()
    phone.type("Your comment", "And here")
    phone.tap("Save comment")
    phone.reads("Comment 2 is saved.")
    assert violations(phone.page) == []
    (first, second) = spots(live)
    assert first == (480, 300, "Too small")
    assert abs(second[0] - 750) <= 20 and abs(second[1] - 900) <= 20 and second[2] == "And here"
