"""Comments pinned to a spot: one can set them with nothing but a form, talk about them, and say what became of them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.edges import audit
from portal.kernel.db import db
from portal.kernel.record import Event
from portal.models.approvals import Decision
from portal.models.item_states import Subject
from portal.models.items import Item
from portal.models.pins import Pin
from tests.support.cast import act, as_viewer, make_item, present, reading
from tests.support.pins import present_picture, put


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
    bea.post(page, {"where": "1", "words": "The <b>logo</b> is too small"})
    (pin,) = pins(app)
    assert (pin.n, pin.page, pin.x, pin.y, pin.sha256, pin.by_id) == (1, 1, 166, 166, picture.sha256, cast.bea.id)
    shown = bea.follow()
    assert "Pin 1, page 1, upper left: Bea Birch" in shown.text and "The <b>logo</b> is too small" in shown.text
    assert "Comments are no answer yet." in shown.text and shown.soup.select_one(f"a.btn[href='/items/{item.id}/decision']")
    dot = shown.soup.select_one("svg.pins a[href='#pin-1'] svg")
    assert (dot["x"], dot["y"]) == ("16.6%", "16.6%") and "style=" not in shown.html
    decide = bea.get(f"/items/{item.id}/decision")
    assert "One comment" in decide.text and decide.soup.select_one(".frame__view svg.pins text").text == "1"
    assert "is too small" in ada.get(f"/staff/items/{item.id}/versions/files/{picture.id}/comments").text
    with reading(app) as session:
        event = session.scalars(sa.select(Event).where(Event.kind == "pin.set")).one()
    assert event.audience == "shared" and "too small" not in event.facts and picture.sha256 in event.facts


def test_a_stranger_finds_nothing(app, cast, cal, item, page, picture, nothing_changed):
    pin = put(app, item, picture, "The logo", by=cast.bea)
    with nothing_changed():
        cal.get(page, 404)
        cal.post(page, {"where": "1", "words": "Mine"}, 404)
        cal.post(f"/items/{item.id}/decision/comments/{pin.id}", {"act": "done"}, 404)


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"where": "5", "words": ""}, "Write your comment first."),
        ({"where": "5", "words": "\u200b\u2060"}, "Write a sentence first."),
        ({"words": "Too warm"}, "Choose where on the picture it is."),
        ({"x": "101", "y": "4", "words": "Too warm"}, "Write a number from 0 to 100."),
        ({"x": "sNaN", "y": "4", "words": "Too warm"}, "Write a number from 0 to 100."),
        ({"where": "5", "page": "2", "words": "Too warm"}, "There is no such page."),
    ],
)
def test_what_is_missing_is_told_and_words_stay(bea, page, nothing_changed, sent, says):
    with nothing_changed():
        refused = bea.post(page, sent, 422)
    assert says in refused.text and refused.value("words") == sent["words"]


def test_a_newer_version_takes_no_comments_for_the_one_before(app, cast, bea, item, picture, page, nothing_changed):
    put(app, item, picture, "The logo", by=cast.bea)
    ada = as_viewer(app, cast.ada)
    act(app, lambda: present(db.session.get_one(Item, item.id), by=ada), by=ada)
    with nothing_changed():
        refused = bea.post(page, {"where": "2", "words": "Too late"}, 409)
    assert "There is a newer version by now." in refused.text
    assert "The logo" in refused.text and "Version 2 has taken its place" in refused.text


def test_talk_goes_on_below_a_comment(app, cast, bea, item, picture, page, nothing_changed):
    pin = put(app, item, picture, "The logo", by=cast.bea)
    place = f"/items/{item.id}/decision/comments/{pin.id}"
    with nothing_changed():
        assert "Write a sentence first." in bea.post(place, {"act": "reply", "words": " "}, 422).text
        assert bea.post(place, {"act": "left", "words": "No"}, 403).text  # that is for the firm to say
    bea.post(place, {"act": "reply", "words": "I mean the blue one"})
    assert "I mean the blue one" in bea.follow().text
    bea.post(place, {"act": "done"})
    with nothing_changed():
        assert "has answered this comment already" in bea.post(place, {"act": "done"}, 409).text
    bea.post(place, {"act": "reopen"})
    assert pins(app)[0].is_open


def test_comments_are_enough_to_ask_for_changes_and_stand_in_the_receipt(app, cast, bea, item, request, send_mail):
    act(app, lambda: db.session.get_one(Item, item.id).__setattr__("spec", {"rounds": 0}))
    picture = request.getfixturevalue("picture")
    place = f"/items/{item.id}/decision"
    put(app, item, picture, "The logo", by=cast.ben)
    put(app, item, picture, "The green", by=cast.bea)
    put(app, item, picture, "We never liked the green", by=cast.ada, inside=True)
    opened = bea.get(place)
    assert "Your 2 comments on what we show go with it" in opened.text
    bea.post(place, {"choice": "changes", "words": "", "version": opened.value("version"), "key": opened.value("key")})
    receipt = bea.follow()
    assert [li.get_text(" ", strip=True) for li in receipt.soup.select(".receipt .wishes li")] == [
        "1 Pin 1: The logo Home.png , by Ben Moss",
        "2 Pin 2: The green Home.png",
    ]
    with reading(app) as session:
        made = session.scalars(sa.select(Decision)).one()
    assert made.words == "" and [one["words"] for one in made.pins] == ["The logo", "The green"]
    with reading(app) as session:  # their words are why there is one round more
        assert [one.text("why") for one in session.scalars(sa.select(Item)) if one.subject is Subject.CHANGE] == ["The logo\nThe green"]
    mails = {mail.subject: mail.text for mail in send_mail() if "Pin 2, page 1 of Home.png: The green" in mail.text}
    assert len(mails) == 2 and not any("never liked" in text for text in mails.values())


def test_ones_own_comment_is_mended_or_removed_until_somebody_answered(app, cast, bea, ben, ada, item, picture, page, nothing_changed):
    first, second = (put(app, item, picture, words, by=cast.bea) for words in ("The lgoo", "The green"))
    place = f"/items/{item.id}/decision/comments/"
    assert len(bea.get(page).soup.select("[id^=own-]")) == 2 and not ben.get(page).soup.select("[id^=own-]")
    with nothing_changed():
        assert "Write a sentence first." in bea.post(place + str(first.id), {"act": "reword", "words": " "}, 422).text
        ben.post(place + str(first.id), {"act": "remove"}, None)
    bea.post(place + str(first.id), {"act": "reword", "words": "The logo"})
    assert "The logo" in bea.follow().text and "lgoo" not in bea.page.text
    assert "The lgoo" in ada.get(f"/staff/items/{item.id}").text, "staff read what it said"
    bea.post(place + str(second.id), {"act": "remove"})
    assert "The green" not in bea.follow().text and len(pins(app)) == 1
    ada.post(f"/staff/items/{item.id}/comments/{first.id}", {"act": "reply", "words": "It grows"})
    with nothing_changed():
        assert "so it stays as it is" in bea.post(place + str(first.id), {"act": "remove"}, 409).text
    with reading(app):
        assert list(audit.troubles()) == []


def test_an_internal_comment_is_neither_counted_nor_answered_by_a_client_nor_part_of_what_they_say(
    app, cast, bea, ada, item, picture, page
):
    inside = put(app, item, picture, "Quincetree inside", by=cast.ada, inside=True)
    assert "(only we see it)" in ada.get(f"/staff/items/{item.id}").text
    put(app, item, picture, "The logo", by=cast.bea)
    place = f"/items/{item.id}/decision"
    opened = bea.get(place)
    assert "Pin 1," in bea.get(page).text and "One comment" in opened.text
    bea.post(f"{place}/comments/{inside.id}", {"act": "done"}, 404)
    bea.post(place, {"choice": "changes", "version": opened.value("version"), "key": opened.value("key"), "words": ""})
    assert "Quincetree" not in bea.follow().html
    told = {"text": "Two", "changed": "The logo", f"fate-{inside.id}": "done", f"because-{inside.id}": "Quincetree done", "act": "publish"}
    ada.post(f"/staff/items/{item.id}/present", told)
    assert "Quincetree" not in bea.get(place).html and all(pin.is_open for pin in pins(app))


def test_one_mail_after_half_an_hour_says_all_that_was_written(clock, app, cast, bea, ada, item, picture, page, send_mail):
    send_mail()
    bea.post(page, {"where": "1", "words": "The logo"})
    clock.advance(minutes=20)
    bea.post(page, {"where": "9", "words": "The “green”"})
    clock.advance(minutes=29)
    assert send_mail() == []
    clock.advance(minutes=2)
    (mail,) = send_mail()
    assert mail.to == cast.ada.email_typed and "2 new comments" in mail.subject
    assert "Pin 1, page 1, upper left" in mail.words and "> The “green”" in mail.text
    pin = pins(app)[0]
    ada.post(f"/staff/items/{item.id}/comments/{pin.id}", {"act": "reply", "words": "Which one?"})
    clock.advance(minutes=31)
    (mail,) = send_mail()
    assert mail.to == cast.bea.email_typed and "Which one?" in mail.text


def test_the_page_asks_the_database_no_more_for_twenty_comments(app, cast, bea, item, picture, page, count_queries):
    put(app, item, picture, "One", by=cast.bea)
    counts = []
    for more in (1, 18):
        for n in range(more):
            put(app, item, picture, f"Comment {n}", by=cast.bea)
        bea.get(page)
        with count_queries() as asked:
            bea.get(page)
        counts.append(len(asked))
    assert counts[0] == counts[1]
