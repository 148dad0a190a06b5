"""The firm's side of comments: internal unless said otherwise, and the client's open ones are the list for the next version."""

from __future__ import annotations

import pytest

from tests.support.cast import fresh, make_item
from tests.support.pins import present_picture, put


@pytest.fixture
def item(app, cast):
    return make_item(app, cast.project, "Homepage design", kind="approval", state="preparing")


@pytest.fixture
def picture(app, cast, item):
    return present_picture(app, cast, item)


def test_a_comment_of_ours_is_internal_until_we_say_otherwise(app, cast, ada, bea, item, picture):
    page, theirs = f"/staff/items/{item.id}/versions/files/{picture.id}/comments", f"/items/{item.id}/decision/files/{picture.id}"
    ada.post(page, {"where": "1", "words": "Too loud"})
    assert "Only we see this" in ada.follow().text
    ada.post(page, {"where": "3", "words": "Look here first", "eyes": "all"})
    read = bea.get(theirs).text
    assert "Look here first" in read and "Pin 1, page 1, upper right" in read and "Too loud" not in read


def test_open_comments_are_the_list_for_the_next_version_and_the_client_reads_what_became_of_them(
    app, cast, ada, bea, item, picture, nothing_changed
):
    pins = [put(app, item, picture, words, by=cast.bea) for words in ("The logo", "The green", "The end")]
    page = f"/staff/items/{item.id}/present"
    opened = ada.get(page)
    assert "3 open comments from version 1" in opened.text and "Pin 3, page 1, left" in opened.text
    told = {
        "text": "Two",
        "changed": "All of it",
        "act": "publish",
        f"fate-{pins[0].id}": "done",
        f"because-{pins[0].id}": "Twice as large",
    }
    told[f"fate-{pins[1].id}"] = "left"
    with nothing_changed():
        refused = ada.post(page, told, 422)
    assert "Say in a sentence why it stays as it is." in refused.text and refused.value(f"because-{pins[0].id}") == "Twice as large"
    ada.post(page, told | {f"because-{pins[1].id}": "It is <i>your</i> colour"})
    assert fresh(app, pins[1]).fate.value == "left" and fresh(app, pins[2]).is_open
    read = bea.get(f"/items/{item.id}/decision").text
    assert "Done: Twice as large" in read and "Left as it is: It is <i>your</i> colour" in read and "Still open." in read
    assert "One open comment from version 1" in ada.get(page).text
