"""Comments pinned to a spot: one can set them with nothing but a form, talk about them, and say what became of them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.kernel.record import Event
from portal.models.pins import Pin
from tests.support.cast import make_item, reading
from tests.support.pins import present_picture


@pytest.fixture
def item(app, cast):
    return make_item(app, cast.project, "Homepage design", kind="approval", state="preparing")


@pytest.fixture
def picture(app, cast, item):
    return present_picture(app, cast, item)


@pytest.fixture
def page(item, picture):
    return f"/items/{item.id}/decision/files/{picture.id}"


def pins(app):
    with reading(app) as session:
        return list(session.scalars(sa.select(Pin).order_by(Pin.at, Pin.n)))


def test_a_comment_is_pinned_without_scripts_and_read_as_text(app, cast, bea, ada, item, picture, page, do_chores):
    do_chores()
    bea.get(page)
    bea.post(page, {"where": "1", "words": "The logo is too small"})
    (pin,) = pins(app)
    assert (pin.n, pin.page, pin.x, pin.y, pin.sha256, pin.by_id) == (1, 1, 166, 166, picture.sha256, cast.bea.id)
    shown = bea.follow()
    assert "Pin 1, page 1, upper left: Bea Birch" in shown.text and "The logo is too small" in shown.text
    dot = shown.soup.select_one("svg.pins a[href='#pin-1'] svg")
    assert (dot["x"], dot["y"]) == ("16.6%", "16.6%") and "style=" not in shown.html
    assert "The logo is too small" in ada.get(f"/staff/items/{item.id}/versions/files/{picture.id}/comments").text
    with reading(app) as session:
        event = session.scalars(sa.select(Event).where(Event.kind == "pin.set")).one()
    assert event.audience == "shared" and "too small" not in event.facts and picture.sha256 in event.facts
