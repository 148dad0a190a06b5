"""What we noticed in a file: told to the client at once, beside the file, and to staff under "Checked for you"."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from portal.models.files import Upload
from portal.models.item_states import ItemState
from portal.models.items import Item
from tests.storage import hostile
from tests.support.cast import PDF, fresh, make_item, make_upload, reading

SPEC = {"types": ["image", "pdf", "archive"], "min_width": 1200, "max_pages": 1}


@pytest.fixture
def item(app, cast):
    return make_item(app, cast.project, spec=SPEC)


def url(item):
    return f"/items/{item.id}/files"


def send(browser, item, content, name, act="save", status=303):
    return browser.post(url(item), {"files": (io.BytesIO(content), name), "act": act}, status)


def findings(app):
    with reading(app) as session:
        return [found for (kept,) in session.execute(select(Upload.findings).order_by(Upload.received_at)) for found in kept]


def test_what_would_be_good_is_said_before_anybody_chooses(bea, item):
    text = bea.get(url(item)).text
    assert "Pictures at least 1,200 px wide, please." in text and "At most 1 page." in text


@pytest.mark.parametrize(
    ("name", "content", "client", "staff"),
    [
        (
            "logo.jpg",
            hostile.whole_picture(240),
            "This picture is 240 px wide, we asked for 1,200. Do you have the original?",
            "“logo.jpg” is 240 px wide, we asked for 1,200.",
        ),
        ("menu.pdf", hostile.pdf(3), "This has 3 pages, we asked for at most 1.", "“menu.pdf” has 3 pages, we asked for at most 1."),
        (
            "tax.zip",
            hostile.locked_zip(),
            "locked with a password, so we cannot open it. Could you send it without one?",
            "“tax.zip” is locked with a password.",
        ),
        ("cut.jpg", hostile.whole_picture(1300, 200)[:30000], "seems to be damaged", "“cut.jpg” is damaged: it cannot be opened"),
    ],
)
def test_it_is_told_to_both_sides_and_the_file_may_be_sent(app, bea, ada, item, name, content, client, staff):
    send(bea, item, content, name)
    assert client in bea.follow().text
    bea.post(url(item), {"act": "send"})
    assert fresh(app, item).state is ItemState.SENT
    ada.get(ada.get("/staff/review").soup.select_one("a[href^='/staff/review/']")["href"], 303)
    assert staff in ada.follow().text
    assert all("name" not in found and " " not in str(found["code"]) for found in findings(app)), "codes and facts, no sentences"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("bomb.zip", hostile.zip_bomb(), "would unpack to 85.9 GB, which nobody can open. Please send the files themselves."),
        ("bomb.png", hostile.png_of(50_000, 50_000), "is 50,000 × 50,000 px, more than anybody can open. Please send it smaller."),
    ],
)
def test_what_nobody_can_use_is_turned_away(app, bea, item, name, content, says):
    page = send(bea, item, content, name, status=422)
    assert name in page.text and says in page.text
    assert findings(app) == [] and "Choose at least one file first." in bea.post(url(item), {"act": "send"}, 422).text


def test_the_same_file_again_is_taken_and_said(app, cast, bea, item, clock):
    make_upload(app, make_item(app, cast.project, "Menu"), name="before.pdf", content=PDF)
    clock.advance(days=2)
    send(bea, item, PDF, "again.pdf")
    assert "We have this very file already, since" in bea.follow().text
    assert findings(app)[0]["code"] == "duplicate"


def test_another_client_having_the_same_file_is_nobodys_news(app, cast, bea, item):
    make_upload(app, make_item(app, cast.cedar_project), content=PDF)
    send(bea, item, PDF, "plan.pdf")
    assert findings(app) == []


def test_staff_choose_what_would_be_good(app, cast, ada, item):
    where = f"/staff/items/{item.id}/edit"
    page = ada.get(where)
    assert page.value("min_width") == "1200" and page.value("max_pages") == "1"
    typed = {
        "kind": "files",
        "title": "Photos",
        "min_count": "1",
        "max_mb": "50",
        "minutes": "5",
        "lead_days": "1",
        "milestone": "",
        "holds_up": "",
    }
    ada.post(where, typed | {"min_width": "2000", "min_size": "1000000", "min_pages": "2", "max_pages": "4"})
    with reading(app) as session:
        spec = session.get_one(Item, item.id).spec
    assert {key: spec[key] for key in ("min_width", "min_bytes", "min_pages", "max_pages")} == {
        "min_width": 2000,
        "min_bytes": 1_000_000,
        "min_pages": 2,
        "max_pages": 4,
    }
    assert "is less than" in ada.post(where, typed | {"min_pages": "5", "max_pages": "4"}, 422).text
    assert "Not a valid choice" in ada.post(where, typed | {"min_width": "wide"}, 422).text


def test_a_file_with_a_note_is_not_sent_before_the_note_was_there_to_be_read(app, cast, bea, item):
    page = send(bea, item, hostile.pdf(3), "menu.pdf", act="send", status=422)
    assert "Not sent yet." in page.text and "This has 3 pages, we asked for at most 1." in page.text
    assert page.soup.select_one("[data-noticed]:not([hidden])")
    assert fresh(app, item).state is ItemState.STARTED
    bea.post(url(item), {"act": "send"})
    assert "This has 3 pages, we asked for at most 1." in bea.follow().text
    assert fresh(app, item).state is ItemState.SENT
    assert "This has 3 pages" not in bea.get(f"/items/{make_item(app, cast.project, state='sent').id}/sent").text


def test_fewer_files_than_asked_need_a_word_and_the_field_says_so(app, cast, bea):
    item = make_item(app, cast.project, spec={"min_count": 3})
    before = send(bea, item, PDF, "Plan.pdf", status=None) and bea.get(url(item))
    assert "1 of 3 files saved" in before.text and "Anything we should know? (optional)" in before.text
    refused = bea.post(url(item), {"act": "send"}, 422)
    assert refused.soup.select_one(".error-summary a[href='#note']")
    assert "Why are there fewer?" in refused.text and "Why are there fewer? (optional)" not in refused.text
    bea.post(url(item), {"act": "send", "note": "There is only one."})
    assert "A receipt is on its way to you" in bea.follow().text
