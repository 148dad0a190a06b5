"""The line for staff: what they lay ready for a version or to give it comes in parts too, and lies where the plain form would lay it."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa

from portal.kernel.db import db
from portal.models.clients import Client
from portal.models.files import FromSide, Incoming, IncomingState, Upload
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.people import Firm
from tests.features.uploads.test_lines import BIG, announced, bring, complete, part
from tests.support.cast import PNG, act, give_files, lay_ready, make_item, reading

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def design(app, cast):
    return make_item(app, cast.project, "Look at it", kind="approval", state="preparing")


@pytest.fixture(params=["version", "gift"])
def page(request, cast, design):
    """Where the files are announced, and the page they come from."""
    project = f"/staff/projects/{cast.project.id}"
    return {
        "version": (f"/staff/items/{design.id}/uploads", f"/staff/items/{design.id}/present"),
        "gift": (f"{project}/uploads", f"{project}/give"),
    }[request.param]


def declare(browser, url, *files, status=200):
    answer = browser.send("POST", url, {"files": list(files), "beside": []}, status)
    return answer.response.json["files"] if status == 200 else answer


class Behind:
    """A browser that goes through the door of the staff with the steps of a file."""

    def __init__(self, browser):
        self.browser = browser

    def send(self, method, url, *more, **how):
        return self.browser.send(method, url if url.startswith("/staff/") else f"/staff{url}", *more, **how)


def uploads(app):
    with reading(app) as session:
        return list(session.scalars(sa.select(Upload).order_by(Upload.name)))


def test_a_large_file_comes_in_parts_and_lies_ready(app, cast, ada, bea, page):
    (url, place) = page
    (told,) = declare(ada, url, announced("film.dat"))
    line = Behind(ada)
    complete(line, told, bring(line, told))
    (file,) = uploads(app)
    assert (file.side, file.by_id, file.bytes, file.version) == (FromSide.FIRM, cast.ada.id, len(BIG), 1)
    rows = ada.send("GET", f"{url}/rows?id={told['id']}", status=200).response.json["rows"]
    assert rows[told["id"]]["state"] == "done"
    assert "Ready" in rows[told["id"]]["html"]
    shown = ada.get(place).text
    assert "film.dat" in shown and "1 file ready" in shown
    bea.get(f"/files/{file.id}", 404)


def test_what_was_begun_is_found_again_and_can_be_given_up(app, ada, page):
    (url, place) = page
    (told,) = declare(ada, url, announced("film.dat"))
    line = Behind(ada)
    line.send(
        "PUT", line.send("POST", f"/uploads/{told['id']}/sign", {"method": "PUT", "n": 1}, 200).response.json["url"], part(BIG, 1), 200
    )
    assert "You began to send this" in ada.get(place).text
    assert declare(ada, url, announced("film.dat", key="days later"))[0]["id"] == told["id"]
    line.send("DELETE", f"/uploads/{told['id']}", status=204)
    assert "You began to send this" not in ada.get(place).text


def test_there_must_be_room_and_the_words_are_for_staff(app, cast, ada, page):
    (url, place) = page
    act(app, lambda: db.session.execute(sa.update(Firm).values(settings={"most_bytes_per_client": 1000})))
    said = "There is not enough room left for this client"
    assert said in declare(ada, url, announced("film.dat"), status=422).response.text
    form = {"files": [(io.BytesIO(b"x" * 2000), "notes.txt")], "act": "save"}
    ada.refused(place, form, says=said, status=422)
    with reading(app) as session:
        client = session.get_one(Client, cast.birch.id)
        assert (client.bytes_used, client.bytes_reserved) == (0, 0)
        assert list(session.scalars(sa.select(Incoming))) == []


def test_too_large_for_a_version_is_said_before_a_byte_comes(ada, design):
    file = announced("film.dat") | {"size": 100_000_001}
    (told,) = declare(ada, f"/staff/items/{design.id}/uploads", file)
    assert "100 MB" in told["message"]


def test_pictures_ask_what_they_show_as_soon_as_they_are_here(ada, design):
    url = f"/staff/items/{design.id}/uploads"
    (told,) = declare(ada, url, announced("Plan.png", PNG))
    ada.send("PUT", told["put"]["url"], PNG, 200)
    html = ada.send("GET", f"{url}/rows?id={told['id']}", status=200).response.json["rows"][told["id"]]["html"]
    assert "What it shows" in html


def test_nothing_comes_to_what_the_client_has_said_yes_to(app, cast, ada, design):
    url = f"/staff/items/{design.id}/uploads"
    (told,) = declare(ada, url, announced("note.txt", b"hello"))
    act(app, lambda: db.session.execute(sa.update(Item).where(Item.id == design.id).values(state=ItemState.ACCEPTED)))
    assert "said yes" in ada.send("PUT", told["put"]["url"], b"hello", 409).response.text
    assert uploads(app) == []


def test_a_new_version_of_a_file_given_before_takes_its_place(app, cast, ada):
    give_files(app, cast.project, "Plan.pdf")
    (older,) = uploads(app)
    url = f"/staff/projects/{cast.project.id}/uploads?replaces={older.id}"
    (told,) = declare(ada, url, announced("Plan 2.dat", b"newer"))
    ada.send("PUT", told["put"]["url"], b"newer", 200)
    newer = uploads(app)[0]
    assert (newer.name, newer.replaces_id, newer.version) == ("Plan 2.dat", older.id, 2)
    assert "newer version already" in declare(ada, url, announced("Plan 3.dat", b"other"), status=409).response.text


def test_clients_and_colleagues_do_not_reach_it(app, cast, ada, abe, bea, page):
    (url, _place) = page
    (told,) = declare(ada, url, announced("film.dat"))
    bea.send("POST", url, {"files": [announced()], "beside": []}, 404)
    bea.send("POST", f"/uploads/{told['id']}/sign", {"method": "PUT", "n": 1}, 404)
    bea.send("POST", f"/staff/uploads/{told['id']}/sign", {"method": "PUT", "n": 1}, 404)
    abe.send("POST", f"/staff/uploads/{told['id']}/sign", {"method": "PUT", "n": 1}, 404)
    abe.send("DELETE", f"/staff/uploads/{told['id']}", status=404)
    with reading(app) as session:
        assert session.scalars(sa.select(Incoming.state)).one() is IncomingState.OPEN


def test_an_item_that_asks_for_files_is_not_filled_from_this_side(app, cast, ada):
    asked = make_item(app, cast.project, "Your logo")
    ada.send("POST", f"/staff/items/{asked.id}/uploads", {"files": [announced()], "beside": []}, 404)
    ada.send("POST", "/staff/projects/00000000-0000-4000-8000-000000000000/uploads", {"files": [announced()], "beside": []}, 404)


def test_a_client_sends_a_new_version_in_parts(app, cast, bea):
    asked = make_item(app, cast.project, "Your film")
    (told,) = [
        bea.send("POST", f"/items/{asked.id}/uploads", {"files": [announced("a.txt", b"one")], "beside": []}, 200).response.json["files"][0]
    ]
    bea.send("PUT", told["put"]["url"], b"one", 200)
    (older,) = uploads(app)
    url = f"/items/{asked.id}/uploads?replaces={older.id}"
    (told,) = declare(bea, url, announced("b.dat"))
    complete(bea, told, bring(bea, told))
    newer = uploads(app)[1]
    assert (newer.replaces_id, newer.version) == (older.id, 2)
    assert "removed, or has a newer version" in declare(bea, url, announced("c.dat"), status=409).response.text


def test_the_pages_ask_the_database_no_more_for_many_files(app, cast, ada, design, count_queries):
    for n in range(2):
        lay_ready(app, design, name=f"{n}.png")
    with count_queries() as few:
        ada.get(f"/staff/items/{design.id}/present")
    for n in range(2, 20):
        lay_ready(app, design, name=f"{n}.png")
    with count_queries() as many:
        ada.get(f"/staff/items/{design.id}/present")
    assert len(few) == len(many)
