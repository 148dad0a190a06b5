"""Small files that wait, whole, until the page asks for the rows of all that have come: a photo set is a few transactions, not hundreds."""

from __future__ import annotations

import hashlib
from uuid import UUID

import pytest
import sqlalchemy as sa

from portal.features.uploads.arriving import waits_at
from portal.kernel.record import Event, Kind
from portal.models.clients import Client
from portal.models.files import Incoming, Upload
from portal.storage.current import store
from tests.support.cast import fresh, make_item, reading

pytestmark = pytest.mark.sqlite_only
PHOTOS = {f"photo {n}.dat": f"photo {n}".encode() * 1000 for n in range(6)}


@pytest.fixture
def item(app, cast):
    return make_item(app, cast.project, "Your photos")


def declare(browser, item, files):
    said = []
    for name, body in files.items():
        said.append({"key": f"key of {name}", "name": name, "size": len(body), "print": hashlib.sha256(body).hexdigest()})
    asked = {"files": said, "beside": [], "together": True}
    return browser.send("POST", f"/items/{item.id}/uploads", asked, 200).response.json["files"]


def lay(browser, told, body, status=200):
    return browser.send("PUT", told["put"]["url"], body, status)


def ask(browser, item, told, status=200):
    ids = "&".join(f"id={one['id']}" for one in told)
    page = browser.send("POST", f"/items/{item.id}/uploads/rows?{ids}", {}, status)
    return page.response.json["rows"] if status == 200 else page


def kept(app, item):
    with reading(app) as session:
        rows = list(session.scalars(sa.select(Upload).where(Upload.item_id == item.id).order_by(Upload.name)))
    return {row.name: hashlib.sha256(store().open(row.key).read()).hexdigest() == row.sha256 for row in rows}


def room_of(app, item):
    with reading(app) as session:
        client = session.get_one(Client, item.client_id)
        return client.bytes_used, client.bytes_reserved


def incoming(app, told):
    with reading(app) as session:
        return session.get_one(Incoming, UUID(told["id"]))


def test_files_wait_and_are_ours_when_the_page_asks_for_their_rows(app, bea, item):
    told = declare(bea, item, PHOTOS)
    for one, body in zip(told, PHOTOS.values(), strict=True):
        assert lay(bea, one, body).response.json == {"state": "open"}
    assert kept(app, item) == {}
    rows = ask(bea, item, told)
    assert {row["state"] for row in rows.values()} == {"done"} and all("Saved" in row["html"] for row in rows.values())
    assert kept(app, item) == dict.fromkeys(PHOTOS, True)
    assert room_of(app, item) == (sum(map(len, PHOTOS.values())), 0)
    assert fresh(app, item).state.value == "started"
    assert list(store().keys("incoming/")) == []
    with reading(app) as session:
        added = (Event.kind == Kind.FILE_ADDED.value, Event.item_id == item.id)
        assert session.scalar(sa.select(sa.func.count()).where(*added)) == len(PHOTOS)


def test_only_what_has_come_is_finished(app, bea, item):
    told = declare(bea, item, PHOTOS)
    lay(bea, told[0], PHOTOS["photo 0.dat"])
    assert [row["state"] for row in ask(bea, item, told).values()].count("done") == 1
    assert kept(app, item) == {"photo 0.dat": True}


def test_asking_and_sending_again_changes_nothing(app, bea, item):
    told = declare(bea, item, PHOTOS)[:1]
    for _ in range(2):
        lay(bea, told[0], PHOTOS["photo 0.dat"])
    for _ in range(2):
        assert ask(bea, item, told)[told[0]["id"]]["state"] == "done"
    assert lay(bea, told[0], PHOTOS["photo 0.dat"]).response.json == {"state": "done"}
    assert kept(app, item) == {"photo 0.dat": True}


def test_a_file_of_another_length_is_refused(app, bea, item):
    told = declare(bea, item, PHOTOS)
    lay(bea, told[0], b"too short", 422)
    assert ask(bea, item, told[:1])[told[0]["id"]]["state"] == "open"


def test_one_that_may_not_come_is_told_why_and_the_others_are_kept(app, cast, bea):
    item = make_item(app, cast.project, "Your photos", spec={"types": ["image"]})
    files = {"a.png": b"no picture at all " * 9, "b.gif": b"GIF89a" + bytes(40)}
    told = declare(bea, item, files)
    for one, body in zip(told, files.values(), strict=True):
        lay(bea, one, body)
    first = ask(bea, item, told)[told[0]["id"]]
    assert first["state"] == "failed" and "a.png" in first["html"]
    assert "a.png" not in kept(app, item)


@pytest.mark.both
def test_what_was_sent_twice_in_one_set_is_noticed(app, bea, item):
    files = {"one.dat": b"same bytes", "two.dat": b"same bytes"}
    told = declare(bea, item, files)
    for one in told:
        lay(bea, one, b"same bytes")
    ask(bea, item, told)
    with reading(app) as session:
        found = {row.name: [f["code"] for f in row.findings] for row in session.scalars(sa.select(Upload).where(Upload.item_id == item.id))}
    assert sorted(map(len, found.values())) == [0, 1]


def test_a_file_can_also_be_finished_alone(app, bea, item):
    told = declare(bea, item, PHOTOS)
    lay(bea, told[0], PHOTOS["photo 0.dat"])
    assert bea.send("POST", f"/uploads/{told[0]['id']}/complete", {}, 200).response.json == {"state": "done"}
    assert kept(app, item) == {"photo 0.dat": True}


def test_a_file_that_has_not_come_is_asked_for_again(app, bea, item):
    told = declare(bea, item, PHOTOS)
    bea.send("POST", f"/uploads/{told[0]['id']}/complete", {}, 412)


def test_a_kill_between_the_bytes_and_the_rows_loses_nothing(app, bea, item):
    """The bytes lie under their final keys, the rows do not; asking again writes them."""
    told = declare(bea, item, PHOTOS)
    lay(bea, told[0], PHOTOS["photo 0.dat"])
    row = incoming(app, told[0])
    waiting = store().antechamber
    waiting.promote_all([(waiting.laid(waits_at(row.id), expected=row.bytes), row.key)])
    assert ask(bea, item, told[:1])[told[0]["id"]]["state"] == "open"
    assert bea.send("POST", f"/uploads/{told[0]['id']}/complete", {}, 200).response.json == {"state": "done"}
    assert kept(app, item) == {"photo 0.dat": True}


def test_a_file_given_up_leaves_nothing(app, bea, item):
    told = declare(bea, item, PHOTOS)
    lay(bea, told[0], PHOTOS["photo 0.dat"])
    bea.send("DELETE", f"/uploads/{told[0]['id']}", None, 204)
    assert list(store().keys("incoming/")) == []
    assert ask(bea, item, told[:1])[told[0]["id"]]["state"] == "failed"


def test_nobody_else_finishes_them(app, bea, cal, item):
    told = declare(bea, item, PHOTOS)
    lay(bea, told[0], PHOTOS["photo 0.dat"])
    ask(cal, item, told, 404)
    assert kept(app, item) == {}
