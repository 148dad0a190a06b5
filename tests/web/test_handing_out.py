"""Fetching a file: whole or a part of it, always let in anew, marked once, and refused in words when it must not leave."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.viewer import Role
from portal.models.clients import Client, Membership
from portal.models.files import Download, Scan, Upload
from portal.models.people import Person
from tests.support.cast import act, make_contact, make_item, make_upload, name_person, reading

BYTES = b"%PDF-1.4 " + bytes(range(256)) * 40


@pytest.fixture
def item(app, cast):
    return make_item(app, cast.project)


@pytest.fixture
def file(app, item):
    return make_upload(app, item, name="Plan.pdf", content=BYTES)


@pytest.fixture
def place(file):
    return f"/files/{file.id}"


def marks(app):
    with reading(app) as session:
        return [mark.person_id for mark in session.scalars(sa.select(Download))]


def change(app, file, **columns):
    def work():
        for name, value in columns.items():
            setattr(db.session.get_one(Upload, file.id), name, value)

    act(app, work)


def test_a_whole_file_comes_with_its_fingerprint_as_its_tag(bea, file, place):
    answer = bea.get(place)
    assert answer.data == BYTES
    assert answer.headers["ETag"] == f'"{file.sha256}"'
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Length"] == str(len(BYTES))


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [("bytes=0-99", 0, 100), ("bytes=100-", 100, None), ("bytes=-7", -7, None), ("bytes=9-9", 9, 10), ("bytes=100-999999", 100, None)],
)
def test_a_part_of_a_file_is_that_part(bea, place, wanted, start, end):
    answer = bea.get(place, 206, Range=wanted)
    expected = BYTES[start:end]
    first = start % len(BYTES)
    assert answer.data == expected
    assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(expected) - 1}/{len(BYTES)}"
    assert answer.headers["Content-Length"] == str(len(expected))


@pytest.mark.parametrize("wanted", [f"bytes={len(BYTES)}-", "bytes=0-1,5-6"])
def test_what_is_not_there_cannot_be_had_and_leaves_no_mark(app, bea, place, wanted):
    answer = bea.get(place, 416, Range=wanted)
    assert answer.data == b""
    assert answer.headers["Content-Range"] == f"bytes */{len(BYTES)}"
    assert marks(app) == []


@pytest.mark.parametrize("wanted", ["lines=0-5", "bytes=5-2", "bytes=abc", "bytes=", "bytes=-0", "elephants"])
def test_a_range_that_says_nothing_is_no_range(bea, place, wanted):
    assert bea.get(place, Range=wanted).data == BYTES


def test_going_on_works_with_the_same_file_only(bea, file, place):
    same = bea.get(place, 206, Range="bytes=5-", **{"If-Range": f'"{file.sha256}"'})
    assert same.data == BYTES[5:]
    for other in ('"0000"', f'W/"{file.sha256}"', "Wed, 21 Oct 2015 07:28:00 GMT"):
        assert bea.get(place, Range="bytes=5-", **{"If-Range": other}).data == BYTES, other


def test_what_the_browser_holds_already_is_not_sent_again(app, bea, file, place):
    answer = bea.get(place, 304, **{"If-None-Match": f'"{file.sha256}"'})
    assert answer.data == b""
    assert marks(app) == []


def test_a_file_is_marked_once_for_each_person_however_often_they_come(app, cast, bea, ben, place):
    bea.get(place)
    for start in (0, 10, 20):
        bea.get(place, 206, Range=f"bytes={start}-{start + 9}")
    ben.get(place)
    assert sorted(marks(app), key=str) == sorted([cast.bea.id, cast.ben.id], key=str)


def test_looking_through_their_eyes_leaves_no_mark(app, cast, ada, place):
    ada.post(f"/staff/clients/{cast.birch.id}/see-as/{cast.bea.id}")
    assert ada.get(place).data == BYTES
    assert marks(app) == []


def test_asking_about_a_file_is_let_in_like_fetching_it(app, bea, cal, nobody, file, place):
    def head(browser):
        return browser.client.head(place, base_url=browser.base)

    answer = head(bea)
    assert (answer.status_code, answer.data, answer.headers["Content-Length"]) == (200, b"", str(len(BYTES)))
    assert answer.headers["ETag"] == f'"{file.sha256}"'
    assert head(cal).status_code == 404
    assert head(nobody).status_code == 303
    assert marks(app) == []


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"scan": Scan.WAITING}, "This file is still being checked for viruses."),
        ({"scan": Scan.INFECTED}, "A virus was found in this file, so nobody can download it."),
        ({"purged_at": now()}, "We no longer keep this file."),
    ],
)
def test_what_must_not_leave_is_refused_in_words_on_both_sides(app, bea, ada, cal, file, place, columns, sentence):
    change(app, file, **columns)
    for browser, url in ((bea, place), (ada, f"/staff{place}")):
        page = browser.get(url, 409)
        assert sentence in page.text
        browser.get(url, 409, Range="bytes=0-9")
    cal.get(place, 404)
    assert marks(app) == []


def test_what_somebody_released_may_be_fetched(app, cast, bea, file, place):
    change(app, file, scan=Scan.INFECTED, released_by=cast.ada.id)
    assert bea.get(place).data == BYTES


def test_what_was_withdrawn_is_not_there(app, bea, ada, item, file, place):
    bea.post(f"/items/{item.id}/files/{file.id}/remove")
    bea.get(place, 404, Range="bytes=0-9")
    ada.get(f"/staff{place}", 404)


def test_watchers_may_fetch_and_guests_only_what_they_are_named_for(app, cast, browse, item, place):
    assert browse(make_contact(app, cast.birch, "Wes", role=Role.WATCH)).get(place).data == BYTES
    guest = make_contact(app, cast.birch, "Gus", role=Role.GUEST)
    browser = browse(guest)
    browser.get(place, 404)
    name_person(app, item, guest)
    assert browser.get(place).data == BYTES


@pytest.mark.parametrize("how", ["the membership ends", "the client is archived", "the person is disabled"])
def test_a_download_does_not_go_on_once_the_rights_have_ended(app, cast, bea, place, how):
    assert bea.get(place, 206, Range="bytes=0-9").data == BYTES[:10]

    def end():
        if how == "the membership ends":
            db.session.get_one(Membership, (cast.birch.id, cast.bea.id)).ended_at = now()
        elif how == "the client is archived":
            db.session.get_one(Client, cast.birch.id).archive(at=now())
        else:
            db.session.get_one(Person, cast.bea.id).disabled_at = now()

    act(app, end)
    answer = bea.get(place, None, Range="bytes=10-")
    assert answer.status == (303 if "disabled" in how else 404)
    assert BYTES[10:20] not in answer.data


def test_an_nginx_in_front_hands_over_what_we_let_out(app, cast, bea, cal, file, place, monkeypatch):
    monkeypatch.setitem(app.config, "NGINX_FILES", "/_files/")
    answer = bea.get(place, Range="bytes=5-")
    assert answer.headers["X-Accel-Redirect"] == f"/_files/{file.key}"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.data == b""
    assert marks(app) == [cast.bea.id]
    assert "X-Accel-Redirect" not in cal.get(place, 404).headers
    change(app, file, scan=Scan.INFECTED)
    assert "X-Accel-Redirect" not in bea.get(place, 409).headers


@pytest.mark.parametrize("wanted", [{}, {"Range": "bytes=9-99"}])
def test_the_web_server_is_given_the_file_itself(bea, place, wanted):
    """So that nobody who fetches over a slow line keeps a page from being answered."""
    given = []

    class Wrapper:
        def __init__(self, stream, size):
            given.append(stream)
            self.stream = stream

        def __iter__(self):
            return iter([self.stream.read()])

        def close(self):
            self.stream.close()

    answer = bea.client.get(place, headers=wanted, base_url="https://portal.test", environ_overrides={"wsgi.file_wrapper": Wrapper})
    assert answer.data == (BYTES[9:100] if wanted else BYTES)
    answer.close()
    assert len(given) == 1 and given[0].closed
