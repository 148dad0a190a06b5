"""A new version of a file: the newer one counts, the older one stays to be opened, and comes back when the newer one is removed."""

from __future__ import annotations

import io
import json

import pytest
import sqlalchemy as sa

from portal.kernel.db import db
from portal.kernel.viewer import Role
from portal.kinds import life
from portal.models.deliveries import HandOver
from portal.models.files import Upload
from portal.models.items import Item
from tests.support.cast import PDF, act, as_viewer, make_contact, make_item, make_upload, reading


def chosen(*names, content=PDF + b"new"):
    return {"file": [(io.BytesIO(content), name) for name in names]}


@pytest.fixture
def item(app, cast):
    return make_item(app, cast.project, "Logo")


@pytest.fixture
def old(app, item):
    return make_upload(app, item, name="old.pdf")


@pytest.fixture
def place(item, old):
    return f"/items/{item.id}/files/{old.id}/version"


def latest(app):
    with reading(app) as session:
        return session.scalars(sa.select(Upload).order_by(Upload.version.desc()).limit(1)).one()


def frozen(app):
    with reading(app) as session:
        rounds = session.scalars(sa.select(HandOver).order_by(HandOver.round))
        return [[(file["name"], file.get("version", 1)) for file in json.loads(each.content)["files"]] for each in rounds]


def test_the_newer_one_counts_and_the_older_one_can_still_be_opened(app, cast, ada, bea, item, old, place):
    assert "old.pdf" in bea.get(place).text
    page = bea.post(place, chosen("new.pdf"), follow=True)
    assert "Version 2, replaces old.pdf" in page.text and "1 file saved" in page.text
    new = latest(app)
    assert (new.replaces_id, new.first_id, new.version) == (old.id, old.id, 2)
    assert bea.get(f"/files/{old.id}").data == PDF
    bea.post(f"/items/{item.id}/files", {"act": "send"})
    assert frozen(app) == [[("new.pdf", 2)]]
    review = ada.get(ada.get("/staff/review").soup.find("a", href=lambda href: href and href.startswith("/staff/review/"))["href"], None)
    review = ada.follow() if review.status == 303 else review
    assert "Version 2, replaces old.pdf" in review.text
    assert ada.get(f"/staff/files/{old.id}").data == PDF


def test_older_versions_say_who_of_the_other_side_saw_them(app, cast, ada, bea, ben, item, old, place):
    ada.get(f"/staff/files/{old.id}")
    ben.get(f"/files/{old.id}")
    bea.post(place, chosen("new.pdf"))
    listed = ada.get(f"/staff/clients/{cast.birch.id}/files").soup.select_one("details.more").get_text(" ", strip=True)
    assert "Ada Voss opened it on" in listed and "Ben" not in listed
    for url in (f"/items/{item.id}/files", "/files"):
        listed = bea.get(url).soup.select_one("details.more").get_text(" ", strip=True)
        assert "We opened it on" in listed and "Ada" not in listed and "Ben" not in listed


def test_removing_the_newer_one_brings_the_older_one_back(app, bea, item, place):
    bea.post(place, chosen("new.pdf"))
    page = bea.post(f"/items/{item.id}/files/{latest(app).id}/remove", follow=True)
    names = [a.get_text() for a in page.soup.select(".file__name a")]
    assert names == ["old.pdf"]


def test_an_earlier_round_shows_what_was_sent_then(app, cast, ada, bea, item, old, place):
    bea.post(f"/items/{item.id}/files", {"act": "send"})
    staff = as_viewer(app, cast.ada)
    act(app, lambda: life.send_back(db.session.get_one(Item, item.id), "Sharper, please", by=staff), by=staff)
    bea.post(place, chosen("new.pdf"))
    bea.post(f"/items/{item.id}/files", {"act": "send"})
    assert frozen(app) == [[("old.pdf", 1)], [("new.pdf", 2)]]
    bea.get(f"/files/{old.id}")


def test_only_one_can_take_the_place(app, bea, ben, place, nothing_changed):
    bea.post(place, chosen("new.pdf"))
    with nothing_changed():
        page = ben.post(place, chosen("newer.pdf"), None)
        assert page.status in (409, 422) and "has a newer version already" in page.text


def test_none_or_several_are_refused_in_words(bea, place, nothing_changed):
    with nothing_changed():
        for names in ((), ("a.pdf", "b.pdf")):
            page = bea.post(place, chosen(*names), 422)
            assert "A new version is one file. Choose just one." in page.text


def test_what_was_sent_is_not_replaced(app, bea, item, place, nothing_changed):
    bea.post(f"/items/{item.id}/files", {"act": "send"})
    bea.get(place, 303)
    with nothing_changed():
        page = bea.post(place, chosen("new.pdf"), None)
        assert page.status in (409, 422) and "This has been sent already." in page.text


def test_strangers_and_other_items_find_nothing_and_watchers_may_not(app, cast, cal, bea, browse, item, old, place, nothing_changed):
    other = make_item(app, cast.project, "Photos")
    watcher = browse(make_contact(app, cast.birch, "Wes", role=Role.WATCH))
    with nothing_changed():
        cal.get(place, 404)
        cal.post(place, chosen("new.pdf"), 404)
        bea.get(f"/items/{other.id}/files/{old.id}/version", 404)
        assert watcher.post(place, chosen("new.pdf"), None).status in (403, 422)


def test_the_list_of_files_shows_the_latest_only_with_one_query_for_all_the_older_ones(app, bea, item, old, place, count_queries):
    bea.post(place, chosen("new.pdf"))
    bea.get("/files")
    with count_queries() as few:
        page = bea.get("/files")
    assert [a.get_text() for a in page.soup.select(".file__name a")] == ["new.pdf"]
    for n in range(3):
        one = make_upload(app, item, name=f"old{n}.pdf")
        bea.post(f"/items/{item.id}/files/{one.id}/version", chosen(f"new{n}.pdf", content=PDF + bytes([n])))
    bea.get(f"/items/{item.id}/files")
    with count_queries() as many:
        bea.get("/files")
    assert len(many) == len(few), many
