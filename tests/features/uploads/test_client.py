"""The page of an item that asks for files: choose, save, send; nothing is lost and nothing half-done stays."""

from __future__ import annotations

import hashlib
import io
import json

import pytest
import sqlalchemy as sa
from PIL import Image

from portal.kernel.db import db
from portal.kernel.viewer import Role
from portal.kinds import life
from portal.models.deliveries import HandOver
from portal.models.files import Download, Incoming, IncomingState, Upload
from portal.models.items import Item
from portal.models.marks import Seen
from portal.models.people import Firm
from tests.support.cast import act, as_viewer, fresh, make_contact, make_item, make_upload, name_person, reading


def picture(colour="tan"):
    """A real photo, 40 by 30 pixels."""
    data = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(data, "JPEG")
    return data.getvalue()


def chosen(*files, **more):
    return {"files": [(io.BytesIO(content), name) for name, content in files], **more}


@pytest.fixture
def item(app, cast):
    return make_item(app, cast.project, "Photos of your products")


@pytest.fixture
def place(item):
    return f"/items/{item.id}/files"


def uploads(app, item):
    with reading(app) as session:
        return list(session.scalars(sa.select(Upload).where(Upload.item_id == item.id, Upload.removed_at.is_(None)).order_by(Upload.name)))


def test_several_files_are_saved_and_stay(app, bea, item, place):
    shown = bea.post(place, chosen(("loaf.jpg", picture()), ("Brötchen 日本.jpg", picture("red")), act="save"), follow=True)
    assert "loaf.jpg" in shown.text
    assert "Brötchen 日本.jpg" in shown.text
    assert "2 files saved" in shown.text
    assert fresh(app, item).state.value == "started"
    kept = uploads(app, item)
    assert [file.sha256 for file in kept] == [hashlib.sha256(c).hexdigest() for c in (picture("red"), picture())]


def test_choosing_and_sending_is_one_step(app, bea, item, place):
    shown = bea.post(place, chosen(("loaf.jpg", picture()), note="Only before Christmas", act="send"), follow=True)
    assert shown.h1 == "Thank you, “Photos of your products” is with us"
    assert "Only before Christmas" in shown.text
    assert fresh(app, item).state.value == "sent"
    with reading(app) as session:
        handed = session.scalars(sa.select(HandOver)).one()
    content = json.loads(handed.content)
    assert [file["sha256"] for file in content["files"]] == [hashlib.sha256(picture()).hexdigest()]
    assert handed.by_id == bea.person.id


def test_nothing_chosen_cannot_be_sent_and_the_note_stays(bea, place, nothing_changed):
    with nothing_changed():
        bea.refused(place, {"note": "Coming soon", "act": "send"}, says="Choose at least one file first.", status=422)


def test_nothing_chosen_is_not_said_to_be_saved(bea, place, nothing_changed):
    with nothing_changed():
        bea.refused(place, {"act": "save"}, says="Choose at least one file first.", status=422)


def test_too_few_files_are_named_and_what_came_is_kept(app, cast, bea):
    item = make_item(app, cast.project, spec={"min_count": 3})
    place = f"/items/{item.id}/files"
    bea.refused(place, chosen(("a.jpg", picture()), note=" ", act="send"), says="We asked for 3 files, and 1 are here.")
    assert len(uploads(app, item)) == 1
    assert fresh(app, item).state.value == "started"
    assert "1 of 3 files" in bea.get(place).text


def test_too_few_files_can_be_sent_with_a_word_about_why(app, cast, bea):
    item = make_item(app, cast.project, spec={"min_count": 3})
    place = f"/items/{item.id}/files"
    bea.refused(place, {"note": "We have none.", "act": "send"}, says="Choose at least one file first.")
    bea.post(place, chosen(("a.jpg", picture()), note="The others come on Monday.", act="send"))
    assert fresh(app, item).state.value == "sent"
    assert "The others come on Monday." in bea.get(f"/items/{item.id}/sent").text
    bea.post(f"/items/{item.id}/take-back")
    assert bea.get(place).value("note") == "The others come on Monday."


def test_too_many_files_are_refused_before_they_are_kept(app, cast, bea, nothing_changed):
    item = make_item(app, cast.project, spec={"max_count": 1})
    with nothing_changed():
        bea.refused(
            f"/items/{item.id}/files", chosen(("a.jpg", picture()), ("b.jpg", picture()), act="save"), says="At most 1 files fit here."
        )


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.jpg", b"", "“empty.jpg” is empty."),
        ("tool.exe", b"MZ\x90\0" + b"0" * 200, "is a program or script"),
        ("photo.jpg", b"MZ\x90\0" + b"0" * 200, "is a program or script"),
        ("notes.txt", b"Just words", "is of a kind we cannot use here. Please send: Pictures"),
    ],
)
def test_a_file_we_cannot_take_is_explained_and_the_good_ones_are_kept(app, cast, bea, name, content, sentence):
    item = make_item(app, cast.project, spec={"types": ["image"]})
    shown = bea.post(f"/items/{item.id}/files", chosen((name, content), ("loaf.jpg", picture()), note="Hello", act="send"), 422)
    assert sentence in shown.text
    assert shown.value("note") == "Hello"
    assert [file.name for file in uploads(app, item)] == ["loaf.jpg"]
    assert fresh(app, item).state.value == "started"
    with reading(app) as session:
        assert {row.state for row in session.scalars(sa.select(Incoming))} == {IncomingState.DONE, IncomingState.FAILED}


def test_a_file_over_the_limit_is_refused_in_words(app, cast, bea):
    item = make_item(app, cast.project, spec={"max_bytes": 1000})
    shown = bea.post(f"/items/{item.id}/files", chosen(("big.txt", b"x" * 2000), act="save"), 422)
    assert "“big.txt” is larger than 1 KB" in shown.text
    assert uploads(app, item) == []


def test_a_file_can_be_removed_until_it_is_sent(app, cast, bea, item, place):
    make_upload(app, item, name="old.pdf")
    file = make_upload(app, item, name="wrong.pdf")
    shown = bea.post(f"{place}/{file.id}/remove", follow=True)
    assert "wrong.pdf” is removed" in shown.text
    assert "This file has been removed already." in bea.post(f"{place}/{file.id}/remove", follow=True).text
    assert [one.name for one in uploads(app, item)] == ["old.pdf"]


def test_a_removed_file_is_gone_for_everybody_unless_it_was_sent(app, cast, bea, ada, item, place):
    wrong = make_upload(app, item, name="wrong.png", content=picture())
    bea.post(f"{place}/{wrong.id}/remove")
    for browser, url in ((bea, f"/files/{wrong.id}"), (ada, f"/staff/files/{wrong.id}"), (ada, f"/staff/files/{wrong.id}/preview")):
        browser.get(url, 404)
    bea.post(place, chosen(("first.jpg", picture()), act="send"))
    bea.post(f"/items/{item.id}/take-back")
    first = uploads(app, item)[0]
    bea.post(f"{place}/{first.id}/remove")
    ada.get(f"/staff/files/{first.id}", 404)
    bea.post(place, chosen(("second.jpg", picture("red")), act="send"))
    second = uploads(app, item)[0]
    staff = as_viewer(app, cast.ada)
    act(app, lambda: life.send_back(db.session.get_one(Item, item.id), "Sharper, please", by=staff), by=staff)
    bea.post(f"{place}/{second.id}/remove")
    bea.get(f"/files/{second.id}", 200)
    ada.get(f"/staff/files/{second.id}", 200)


def test_what_was_sent_can_neither_be_added_to_nor_removed(app, cast, bea, nothing_changed):
    item = make_item(app, cast.project, state="sent")
    file = uploads(app, item)[0]
    with nothing_changed():
        bea.post(f"/items/{item.id}/files", chosen(("more.jpg", picture()), act="save"), 409)
        bea.post(f"/items/{item.id}/files/{file.id}/remove")
    assert "This has been sent already" in bea.get(f"/items/{item.id}/sent").text


def test_a_stranger_finds_nothing_and_changes_nothing(cal, app, item, place, nothing_changed):
    file = make_upload(app, item)
    with nothing_changed():
        cal.get(place, 404)
        cal.post(place, chosen(("a.jpg", picture()), act="send"), 404)
        cal.post(f"{place}/{file.id}/remove", status=404)
        cal.get(f"/files/{file.id}", 404)


def test_a_watcher_reads_but_does_not_add(app, cast, browse, item, place, nothing_changed):
    watcher = browse(make_contact(app, cast.birch, "Wes Birch", role=Role.WATCH))
    assert "A colleague of yours takes care of this one." in watcher.get(place).text
    with nothing_changed():
        watcher.post(place, chosen(("a.jpg", picture()), act="save"), 403)


def test_only_the_named_person_may_do_it(app, cast, bea, ben, item, place, nothing_changed):
    name_person(app, item, cast.ben)
    with nothing_changed():
        bea.post(place, chosen(("a.jpg", picture()), act="save"), 403)
    ben.post(place, chosen(("a.jpg", picture()), act="send"))


def test_a_draft_is_not_there(app, cast, bea):
    draft = make_item(app, cast.project, state="draft")
    bea.get(f"/items/{draft.id}/files", 404)


def test_a_download_is_an_attachment_with_its_name_intact_and_leaves_a_mark(app, bea, item):
    file = make_upload(app, item, name="Größe ‮gpj.日本.pdf", content=b"%PDF-1.4 hello")
    answer = bea.get(f"/files/{file.id}")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "filename*=UTF-8''Gr%C3%B6%C3%9Fe" in answer.headers["Content-Disposition"]
    assert "%E2%80%AE" not in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    with reading(app) as session:
        assert session.scalars(sa.select(Download)).one().person_id == bea.person.id


def test_html_is_never_handed_out_as_a_page(app, bea, item):
    file = make_upload(app, item, name="page.html", content=b"<html><script>alert(1)</script></html>")
    assert bea.get(f"/files/{file.id}").headers["Content-Type"] == "application/octet-stream"


def test_the_page_asks_as_much_for_twenty_files_as_for_two(app, bea, item, place, count_queries):
    make_upload(app, item, name="0.pdf")
    bea.get(place)  # leaves the mark that it was opened
    with count_queries() as few:
        bea.get(place)
    for n in range(19):
        make_upload(app, item, name=f"{n + 1}.pdf")
    with count_queries() as many:
        bea.get(place)
    assert len(many) == len(few), many


def test_a_body_too_large_for_its_page_is_refused_in_words(bea, item, nothing_changed):
    with nothing_changed():
        page = bea.post(f"/items/{item.id}/cannot", {"reason": "x" * 5_000_000}, 413)
    assert page.h1 == "This is more than we can take at once"


def test_opening_it_leaves_a_mark_and_looking_through_their_eyes_leaves_none(app, cast, ada, bea, item, place):
    ada.post(f"/staff/clients/{cast.birch.id}/see-as/{cast.bea.id}")
    ada.get(place)
    with reading(app) as session:
        assert session.scalars(sa.select(Seen)).all() == []
    bea.get(place)
    bea.get(place)
    with reading(app) as session:
        mark = session.scalars(sa.select(Seen)).one()
    assert (mark.person_id, mark.object_id) == (bea.person.id, item.id)


def test_what_came_back_is_not_sent_again_unchanged_and_without_a_word(app, cast, bea, nothing_changed):
    item = make_item(app, cast.project, state="returned")
    place = f"/items/{item.id}/files"
    assert "sent before" in bea.get(place).text
    with nothing_changed():
        bea.refused(
            place, {"act": "send"}, says="Nothing is new since we asked again. Add a file, or write us a word about it.", status=422
        )
    bea.post(place, {"act": "send", "note": "There is no sharper one."})
    assert fresh(app, item).state.value == "sent"


def test_what_came_back_is_sent_again_with_a_new_file(app, cast, bea):
    item = make_item(app, cast.project, state="returned")
    bea.post(f"/items/{item.id}/files", chosen(("sharper.jpg", picture()), act="send"))
    assert fresh(app, item).state.value == "sent"


class TestWithoutScript:
    """All files come in one request, which takes less than one file may have otherwise."""

    def test_the_page_says_how_much_comes_at_once(self, app, cast, bea, place):
        hint = bea.get(place).soup.select_one(".hint .only-plain")
        assert hint.get_text() == "All together up to 2 GB at a time. Send larger ones with JavaScript switched on."
        small = make_item(app, cast.project, spec={"max_bytes": 10_000_000, "max_count": 20})
        assert bea.get(f"/items/{small.id}/files").soup.select_one(".hint .only-plain") is None

    def test_more_than_that_is_refused_in_words(self, app, bea, place, nothing_changed):
        app.config["MAX_CONTENT_LENGTH"] = 300_000
        bea.get(place)
        with nothing_changed():
            page = bea.post(place, chosen(("film.dat", b"x" * 300_001), act="save"), 413)
        assert "Send fewer or smaller files at a time." in page.text

    def test_there_must_be_room_for_it(self, app, bea, item, place, nothing_changed):
        act(app, lambda: setattr(db.session.scalars(sa.select(Firm)).one(), "settings", {"most_bytes_per_client": 9}))
        bea.get(place)
        with nothing_changed():
            page = bea.post(place, chosen(("a.txt", b"five."), ("b.txt", b"five."), act="save"), 422)
        assert "There is not enough room left" in page.text
        bea.post(place, chosen(("a.txt", b"five."), act="save"))
        assert [file.name for file in uploads(app, item)] == ["a.txt"]
