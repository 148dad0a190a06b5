"""Files that a script sends: announced, brought in one request or in parts, and finished once, whatever is repeated, swapped or made up."""

from __future__ import annotations

import hashlib
import random
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import sqlalchemy as sa

from portal.features.uploads import actions
from portal.kernel.db import db
from portal.kinds.files import incoming
from portal.kinds.files.incoming import PART
from portal.models.clients import Client
from portal.models.files import Incoming, IncomingState, Upload
from portal.models.items import Item
from portal.models.people import Firm
from portal.storage import Begun
from portal.storage.current import store
from tests.support.cast import act, as_viewer, fresh, make_item, make_upload, reading

BIG = random.Random(7).randbytes(2 * PART + 1000)


@pytest.fixture
def item(app, cast):
    return make_item(app, cast.project, "Your film")


def announced(name="film.dat", content=BIG, *, print_="1" * 64, key=""):
    return {"key": key or f"key of {name} {print_[:4]}", "name": name, "size": len(content), "print": print_}


def declare(browser, item, *files, status=200, beside=()):
    page = browser.send("POST", f"/items/{item.id}/uploads", {"files": list(files), "beside": list(beside)}, status)
    return page.response.json["files"] if status == 200 else page


def sign(browser, told, method="PUT", n=None, status=200):
    page = browser.send("POST", f"/uploads/{told['id']}/sign", {"method": method, "n": n}, status)
    return page.response.json["url"] if status == 200 else page


def part(content, n):
    return content[(n - 1) * PART : n * PART]


def bring(browser, told, content=BIG):
    """Send every part; their ETags by number."""
    numbers = range(1, -(-len(content) // PART) + 1)
    return {n: browser.send("PUT", sign(browser, told, n=n), part(content, n), 200).headers["ETag"].strip('"') for n in numbers}


def named(etags):
    parts = "".join(f"<Part><PartNumber>{n}</PartNumber><ETag>{etag}</ETag></Part>" for n, etag in etags.items())
    return f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()


def complete(browser, told, etags, status=200):
    return browser.send("POST", sign(browser, told, "POST"), named(etags), status)


def kept(app, item):
    with reading(app) as session:
        rows = list(session.scalars(sa.select(Upload).where(Upload.item_id == item.id).order_by(Upload.name)))
    return {row.name: hashlib.sha256(store().open(row.key).read()).hexdigest() == row.sha256 for row in rows}


def state(app, told):
    with reading(app) as session:
        return session.scalars(sa.select(Incoming.state).where(Incoming.id == sa.Uuid().python_type(told["id"]))).one()


def room_of(app, item):
    with reading(app) as session:
        client = session.get_one(Client, item.client_id)
        return client.bytes_used, client.bytes_reserved


def swapped(url, **changes):
    """The same address with something else in it."""
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changes
    return f"{parts.path}?{urlencode(query)}"


def test_a_small_file_is_ours_when_its_one_request_is_answered(app, bea, item):
    (told,) = declare(bea, item, announced("note.txt", b"hello"))
    assert told["part"] == 0
    assert bea.send("PUT", told["put"]["url"], b"hello", 200).response.json == {"state": "done"}
    assert kept(app, item) == {"note.txt": True}
    assert fresh(app, item).state.value == "started"
    assert room_of(app, item) == (5, 0)


@pytest.mark.both
def test_a_large_file_comes_in_parts_in_any_order(app, bea, item):
    (told,) = declare(bea, item, announced())
    assert (told["part"], room_of(app, item)) == (PART, (0, len(BIG)))
    packs = {"Accept-Encoding": "gzip, br, zstd"}  # as browsers do: what packs an answer must not change the mark of a part
    etags = {n: bea.send("PUT", sign(bea, told, n=n), part(BIG, n), 200, **packs).headers["ETag"].strip('"') for n in (3, 1, 2)}
    listed = bea.send("GET", sign(bea, told, "GET"), status=200).response.text
    assert [listed.count(etag) for etag in etags.values()] == [1, 1, 1]
    complete(bea, told, etags)
    assert kept(app, item) == {"film.dat": True}
    assert room_of(app, item) == (len(BIG), 0)


def test_one_answer_tells_the_addresses_of_the_parts_that_follow(app, bea, item):
    (told,) = declare(bea, item, announced())
    first = bea.send("POST", f"/uploads/{told['id']}/sign", {"method": "PUT", "n": 1}, 200).response.json
    assert sorted(first["ahead"]) == ["2", "3"]
    urls = {1: first["url"]} | {int(n): one["url"] for n, one in first["ahead"].items()}
    etags = {n: bea.send("PUT", url, part(BIG, n), 200).headers["ETag"].strip('"') for n, url in urls.items()}
    complete(bea, told, etags)
    assert kept(app, item) == {"film.dat": True}
    (small,) = declare(bea, item, announced("note.txt", b"hello"))
    assert "ahead" not in bea.send("POST", f"/uploads/{small['id']}/sign", {"method": "PUT"}, 200).response.json


def test_the_same_key_for_two_items_means_two_files(app, cast, bea, item):
    other = make_item(app, cast.project, "Your logo")
    first, second = (declare(bea, where, announced("note.txt", b"hello", key="the same key"))[0] for where in (item, other))
    assert first["id"] != second["id"]
    for told in (first, second):
        bea.send("PUT", told["put"]["url"], b"hello", 200)
    assert kept(app, item) == kept(app, other) == {"note.txt": True}


def test_many_small_files_are_announced_in_one_call(app, bea, item):
    told = declare(bea, item, *(announced(f"{n}.txt", b"x" * n, print_=f"{n:064x}") for n in range(1, 30)))
    for n, one in enumerate(told, 1):
        bea.send("PUT", one["put"]["url"], b"x" * n, 200)
    assert len(kept(app, item)) == 29


@pytest.mark.both
def test_the_same_name_twice_keeps_both(app, bea, item):
    for n, told in enumerate(declare(bea, item, announced("a.txt", b"1"), announced("a.txt", b"2", print_="2" * 64)), 1):
        bea.send("PUT", told["put"]["url"], str(n).encode(), 200)
    with reading(app) as session:
        assert session.scalar(sa.select(sa.func.count(Upload.id)).where(Upload.item_id == item.id, Upload.name == "a.txt")) == 2


class TestBeforeAnyByte:
    """What is said at once."""

    @pytest.mark.parametrize(
        ("name", "size", "sentence"),
        [
            ("tool.exe", 9, "is a program or script"),
            ("photo.jpg.exe", 9, "looks like a .jpg file but is a program"),
            ("empty.jpg", 0, "is empty"),
            ("film.mov", 6_000_000, "is of a kind we cannot use here"),
            ("large.jpg", 6_000_001, "is larger than 6 MB"),
        ],
    )
    def test_a_file_that_cannot_be_taken(self, app, cast, bea, nothing_changed, name, size, sentence):
        item = make_item(app, cast.project, spec={"types": ["image"], "max_bytes": 6_000_000})
        with nothing_changed():
            (told,) = declare(bea, item, announced(name) | {"size": size})
        assert sentence in told["message"] and "id" not in told

    def test_too_many(self, app, cast, bea, nothing_changed):
        item = make_item(app, cast.project, spec={"max_count": 2})
        make_upload(app, item)
        with nothing_changed():
            page = declare(bea, item, announced("a.txt"), announced("b.txt", print_="2" * 64), status=422)
        assert "At most 2 files fit here" in page.response.text

    def test_what_is_still_on_its_way_counts_too(self, app, cast, bea):
        item = make_item(app, cast.project, spec={"max_count": 1})
        declare(bea, item, announced("a.txt"))
        declare(bea, item, announced("b.txt", print_="2" * 64), status=422)
        declare(bea, item, announced("a.txt", key="another call"))

    def test_no_room_left(self, app, bea, item, nothing_changed):
        act(app, lambda: setattr(db.session.scalars(sa.select(Firm)).one(), "settings", {"most_bytes_per_client": len(BIG) + 5}))
        declare(bea, item, announced())
        with nothing_changed():
            page = declare(bea, item, announced("more.txt", b"sixsix"), status=422)
        assert "not enough room" in page.response.text

    def test_more_at_a_time_than_anybody_sends(self, app, cast, bea, item, nothing_changed, monkeypatch):
        monkeypatch.setattr(actions, "MOST_UNFINISHED", 2)
        elsewhere = make_item(app, cast.project, "More films")
        two = [announced(f"{n}.txt", b"x", print_=f"{n:064x}") for n in (1, 2)]
        declare(bea, item, *two)
        with nothing_changed():
            page = declare(bea, elsewhere, announced("3.txt", b"x"), status=422)
        assert "2 files are as many as one person can send at a time" in page.response.text
        declare(bea, item, *two)

    def test_an_item_that_was_sent(self, app, cast, bea, nothing_changed):
        sent = make_item(app, cast.project, state="sent")
        with nothing_changed():
            assert "has been sent already" in declare(bea, sent, announced(), status=409).response.text

    @pytest.mark.parametrize("said", [None, [], {"files": []}, {"files": [{}]}, {"files": [announced() | {"size": "9"}]}, {"files": [1]}])
    def test_what_is_not_understood(self, bea, item, nothing_changed, said):
        with nothing_changed():
            bea.send("POST", f"/items/{item.id}/uploads", said, 422)


class TestRepeats:
    """Everything may be said twice."""

    def test_an_announcement(self, app, bea, item):
        (first,) = declare(bea, item, announced())
        (again,) = declare(bea, item, announced())
        assert first["id"] == again["id"]
        assert room_of(app, item) == (0, len(BIG))

    def test_the_same_file_days_later_is_the_one_it_was(self, app, bea, item, clock):
        (first,) = declare(bea, item, announced(key="on monday"))
        bea.send("PUT", sign(bea, first, n=1), part(BIG, 1), 200)
        clock.advance(days=5)
        (again,) = declare(bea, item, announced(key="on friday"))
        assert first["id"] == again["id"]
        assert "<PartNumber>1<" in bea.send("GET", sign(bea, again, "GET"), status=200).response.text

    def test_a_changed_file_of_the_same_name_is_refused_unless_the_first_goes_on_beside_it(self, bea, item):
        (first,) = declare(bea, item, announced())
        (other,) = declare(bea, item, announced(print_="2" * 64))
        assert "You began to send another “film.dat”" in other["message"]
        (beside,) = declare(bea, item, announced(print_="2" * 64), beside=[first["id"]])
        assert beside["id"] != first["id"]

    def test_a_part(self, app, bea, item):
        (told,) = declare(bea, item, announced())
        bring(bea, told)
        complete(bea, told, bring(bea, told))
        assert kept(app, item) == {"film.dat": True}

    def test_finishing(self, app, bea, item):
        (told,) = declare(bea, item, announced())
        etags = bring(bea, told)
        answers = [complete(bea, told, etags).response.text for _ in range(3)]
        assert len(set(answers)) == 1
        assert bea.send("POST", f"/uploads/{told['id']}/complete", {}, 200).response.json == {"state": "done"}
        assert kept(app, item) == {"film.dat": True}
        assert room_of(app, item) == (len(BIG), 0)

    def test_a_whole_file(self, app, bea, item):
        (told,) = declare(bea, item, announced("note.txt", b"hello"))
        for _ in range(2):
            bea.send("PUT", told["put"]["url"], b"hello", 200)
        assert kept(app, item) == {"note.txt": True}

    def test_a_refusal(self, app, cast, bea):
        item = make_item(app, cast.project, spec={"types": ["image"]})
        (told,) = declare(bea, item, announced("photo.jpg", b"MZ\x90\0" + b"0" * 200))
        said = {bea.send("PUT", told["put"]["url"], b"MZ\x90\0" + b"0" * 200, 422).response.text for _ in range(2)}
        assert len(said) == 1 and "is a program or script" in said.pop()
        assert (kept(app, item), room_of(app, item), state(app, told)) == ({}, (0, 0), IncomingState.FAILED)

    def test_a_part_after_the_end(self, bea, item, nothing_changed):
        (told,) = declare(bea, item, announced())
        url = sign(bea, told, n=1)
        complete(bea, told, bring(bea, told))
        with nothing_changed():
            bea.send("PUT", url, part(BIG, 1), 409)


class TestWrong:
    """What does not fit is refused in words, and nothing half-done stays."""

    @pytest.mark.parametrize("content", [b"", b"x", BIG[:PART] + b"x"], ids=["nothing", "too little", "too much"])
    def test_a_part_of_another_length(self, app, bea, item, content):
        (told,) = declare(bea, item, announced())
        page = bea.send("PUT", sign(bea, told, n=1), content, 422)
        assert "did not arrive completely" in page.response.text
        assert "<Part>" not in bea.send("GET", sign(bea, told, "GET"), status=200).response.text

    def test_a_length_that_lies(self, app, bea, item):
        (told,) = declare(bea, item, announced("note.txt", b"hello"))
        for content in (b"hell", b"hello!"):
            bea.send("PUT", told["put"]["url"], content, 422)
        assert kept(app, item) == {}
        bea.send("PUT", told["put"]["url"], b"hello", 200)

    def test_a_part_that_is_missing_or_another_one(self, app, bea, item):
        (told,) = declare(bea, item, announced())
        first = {1: bea.send("PUT", sign(bea, told, n=1), part(BIG, 1), 200).headers["ETag"].strip('"')}
        complete(bea, told, first, 412)
        etags = bring(bea, told)
        assert "did not arrive completely" in complete(bea, told, etags | {2: "00000000-800000"}, 412).response.text
        assert (kept(app, item), state(app, told)) == ({}, IncomingState.OPEN)
        complete(bea, told, etags)
        assert kept(app, item) == {"film.dat": True}

    @pytest.mark.parametrize(
        "changes", [{"n": "2"}, {"length": "9"}, {"act": "put_whole"}, {"until": "99999999999"}, {"sig": ""}, {"act": "x"}]
    )
    def test_an_address_with_something_else_in_it(self, bea, item, nothing_changed, changes):
        (told,) = declare(bea, item, announced())
        url = sign(bea, told, n=1)
        with nothing_changed():
            bea.send("PUT", swapped(url, **changes), part(BIG, 1), 403)

    def test_an_address_of_another_file(self, bea, item):
        first, second = declare(bea, item, announced(), announced("other.dat", print_="2" * 64))
        bea.send("PUT", sign(bea, first, n=1).replace(first["id"], second["id"]), part(BIG, 1), 403)

    def test_another_method(self, bea, item, nothing_changed):
        (told,) = declare(bea, item, announced())
        with nothing_changed():
            bea.send("POST", sign(bea, told, n=1), b"", 403)
            bea.send("PUT", sign(bea, told, "POST"), b"", 403)

    def test_an_address_that_is_too_old(self, app, bea, item, clock):
        (told,) = declare(bea, item, announced("note.txt", b"hello"))
        clock.advance(minutes=16)
        assert "too old" in bea.send("PUT", told["put"]["url"], b"hello", 403).response.text
        bea.send("PUT", sign(bea, told), b"hello", 200)
        assert kept(app, item) == {"note.txt": True}

    def test_somebody_who_is_not_signed_in(self, bea, nobody, item, nothing_changed):
        (told,) = declare(bea, item, announced())
        url = sign(bea, told, n=1)
        with nothing_changed():
            nobody.send("PUT", url, b"x", 401)
            nobody.send("POST", f"/items/{item.id}/uploads", {}, 401)

    @pytest.mark.parametrize("who", ["cal", "ben"], ids=["a stranger", "a colleague"])
    def test_somebody_else(self, app, request, bea, item, who, nothing_changed):
        (told,) = declare(bea, item, announced())
        put, join = sign(bea, told, n=1), sign(bea, told, "POST")
        other = request.getfixturevalue(who)
        with nothing_changed():
            for method, url in (
                ("PUT", put),
                ("POST", join),
                ("GET", f"/uploads/{told['id']}/bytes"),
                ("POST", f"/uploads/{told['id']}/sign"),
                ("POST", f"/uploads/{told['id']}/complete"),
                ("DELETE", f"/uploads/{told['id']}"),
            ):
                assert other.send(method, url, {} if url.endswith("sign") else b"").status == 404, (method, url)

    def test_a_colleagues_row_is_not_told(self, bea, ben, item):
        (told,) = declare(bea, item, announced())
        assert ben.send("GET", f"/items/{item.id}/uploads/rows?id={told['id']}", status=200).response.json["rows"] == {}


class TestGivingUp:
    """A file that was begun can be forgotten."""

    def test_its_bytes_and_its_room_are_free_again(self, app, bea, item):
        (told,) = declare(bea, item, announced())
        bea.send("PUT", sign(bea, told, n=1), part(BIG, 1), 200)
        bea.send("DELETE", f"/uploads/{told['id']}", status=204)
        assert list(store().keys("incoming/")) == []
        assert (room_of(app, item), state(app, told)) == ((0, 0), IncomingState.FAILED)
        bea.send("DELETE", f"/uploads/{told['id']}", status=204)
        sign(bea, told, n=2, status=409)
        (again,) = declare(bea, item, announced(key="another time"))
        assert again["id"] != told["id"]

    def test_what_is_here_stays(self, app, bea, item):
        (told,) = declare(bea, item, announced("note.txt", b"hello"))
        bea.send("PUT", told["put"]["url"], b"hello", 200)
        bea.send("DELETE", f"/uploads/{told['id']}", status=204)
        assert kept(app, item) == {"note.txt": True}


class TestAfterAKill:
    """What a process leaves that died while it finished a file."""

    def claimed(self, app, cast, told):
        viewer = as_viewer(app, cast.bea)
        row_id = sa.Uuid().python_type(told["id"])
        assert act(app, lambda: incoming.claim(row_id, within=timedelta(minutes=1), by=viewer), by=viewer)

    def test_others_wait_until_its_time_is_over(self, app, cast, bea, item, clock):
        (told,) = declare(bea, item, announced())
        etags = bring(bea, told)
        self.claimed(app, cast, told)
        complete(bea, told, etags, 202)
        assert kept(app, item) == {}
        clock.advance(minutes=2)
        complete(bea, told, etags, 200)
        assert kept(app, item) == {"film.dat": True}

    def test_bytes_that_were_safe_already_are_taken_as_they_are(self, app, cast, bea, item, clock):
        (told,) = declare(bea, item, announced())
        etags = bring(bea, told)
        self.claimed(app, cast, told)
        with reading(app) as session:
            row = session.get_one(Incoming, sa.Uuid().python_type(told["id"]))
            place = Begun(row.key_in_incoming, row.store_id)
        store().promote(store().join(place, store().parts(place)), row.key)
        clock.advance(minutes=2)
        complete(bea, told, etags, 200)
        assert kept(app, item) == {"film.dat": True}


def test_what_was_lost_of_a_file_is_sent_anew(app, bea, item):
    """A backup was brought back, without what was still on its way."""
    (told,) = declare(bea, item, announced())
    bring(bea, told)
    with reading(app) as session:
        row = session.scalars(sa.select(Incoming)).one()
        store().abandon(Begun(row.key_in_incoming, row.store_id))
    late = bea.send("PUT", sign(bea, told, n=3), part(BIG, 3), 412)
    assert "did not arrive completely" in late.text
    complete(bea, told, {}, 412)
    assert "<Part>" not in bea.send("GET", sign(bea, told, "GET"), status=200).response.text
    complete(bea, told, bring(bea, told))
    assert kept(app, item) == {"film.dat": True}


def test_the_list_shows_how_far_files_are(bea, item):
    good, bad = declare(bea, item, announced("note.txt", b"hello"), announced("photo.jpg", b"MZ\x90\0" + b"0" * 99, print_="2" * 64))
    bea.send("PUT", good["put"]["url"], b"hello", 200)
    bea.send("PUT", bad["put"]["url"], b"MZ\x90\0" + b"0" * 99, 422)
    rows = bea.send("GET", f"/items/{item.id}/uploads/rows?id={good['id']}&id={bad['id']}&id=x", status=200).response.json["rows"]
    assert "Saved" in rows[good["id"]]["html"] and "Remove note.txt" in rows[good["id"]]["html"]
    assert rows[bad["id"]]["state"] == "failed" and "is a program or script" in rows[bad["id"]]["html"]


def test_what_was_begun_is_offered_again_to_its_sender_only(bea, ben, item):
    (told,) = declare(bea, item, announced())
    bea.send("PUT", sign(bea, told, n=1), part(BIG, 1), 200)
    bea.inspect = ben.inspect = False
    assert "You began to send this." in bea.get(f"/items/{item.id}/files").text
    assert "You began to send this." not in ben.get(f"/items/{item.id}/files").text


def test_a_token_can_be_asked_for_again(bea, item):
    token = bea.send("GET", f"/items/{item.id}/uploads", status=200).response.json["token"]
    declare_with = bea.send("POST", f"/items/{item.id}/uploads", {"files": [announced()]}, 200, **{"X-CSRFToken": token})
    assert declare_with.response.json["files"][0]["id"]


def test_a_part_costs_one_question(bea, item, count_queries):
    (told,) = declare(bea, item, announced())
    bea.send("PUT", sign(bea, told, n=1), part(BIG, 1), 200)
    url = sign(bea, told, n=2)
    with count_queries() as asked:
        bea.send("PUT", url, part(BIG, 2), 200)
    assert len(asked) == 1, asked


def test_one_file_more_costs_no_question_more_to_announce(bea, item, count_queries):
    def cost(many, seed):
        files = [announced(f"{seed}{n}.txt", b"x", print_=f"{seed + n:064x}") for n in range(many)]
        with count_queries() as asked:
            declare(bea, item, *files)
        return len(asked)

    assert cost(2, 100) == cost(20, 200)


def test_the_policy_is_asked_again_at_the_end(app, cast, bea, item):
    (told,) = declare(bea, item, announced("note.txt", b"hello"))
    make_upload(app, item)
    act(app, lambda: actions.send(db.session.get_one(Item, item.id), "", by=as_viewer(app, cast.bea)), by=as_viewer(app, cast.bea))
    assert "has been sent already" in bea.send("PUT", told["put"]["url"], b"hello", 409).response.text
    assert "note.txt" not in kept(app, item)
