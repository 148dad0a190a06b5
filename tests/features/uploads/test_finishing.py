"""Large files are finished by the worker: the page hears 202 meanwhile, and whatever dies on the way, one row comes of it."""

from __future__ import annotations

import pytest
import requests
import sqlalchemy as sa

from portal.features.uploads import actions, arriving
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.outbox import Outbox, Stand
from portal.kinds.files import incoming
from portal.models.clients import Membership
from portal.models.files import Incoming, IncomingState, Upload
from portal.models.items import Item
from portal.storage import Begun, StoreDown, current
from portal.storage.current import store
from portal.storage.disk import DiskStorage
from portal.storage.s3 import Bucket
from portal.storage.s3_storage import S3Storage
from tests.features.uploads.test_lines import BIG, announced, complete, declare, kept, part, room_of, sign, state
from tests.support.cast import act, as_viewer, fresh, make_item, make_upload, reading
from tests.support.seaweed import empty

pytestmark = pytest.mark.sqlite_only
TYPE = {"Content-Type": "application/octet-stream"}


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch):
    """Files of more than one part take longer than anybody waits."""
    monkeypatch.setattr(arriving, "AT_ONCE", len(BIG) - 1)


@pytest.fixture(params=["disk", "bucket"])
def place(request, app):
    """The store: a disk, and a real S3 service into which browsers write themselves."""
    if request.param == "bucket":
        bucket = S3Storage(Bucket(request.getfixturevalue("seaweed_place")))
        empty(bucket)
        current.use(bucket)
    return request.param


@pytest.fixture
def item(app, cast):
    return make_item(app, cast.project, "Your film")


def bring(browser, told, content=BIG):
    """Send every part to wherever its address leads."""
    etags = {}
    for n in range(1, len(content) // incoming.PART + 2):
        url = sign(browser, told, n=n)
        if url.startswith("http"):
            answer = requests.put(url, data=part(content, n), headers=TYPE, timeout=60)
            assert answer.status_code == 200, answer.text
            etags[n] = answer.headers["ETag"].strip('"')
        else:
            etags[n] = browser.send("PUT", url, part(content, n), 200).headers["ETag"].strip('"')
    return etags


def rows(browser, item, told):
    return browser.send("GET", f"/items/{item.id}/uploads/rows?id={told['id']}", status=200).response.json["rows"][told["id"]]


def stands(app):
    with reading(app) as session:
        return list(session.scalars(sa.select(Outbox.state).where(Outbox.kind == "finish")))


def brought(browser, item, content=BIG):
    """A file whose bytes are all here, left to the worker."""
    (told,) = declare(browser, item, announced(content=content))
    complete(browser, told, bring(browser, told, content), 202)
    return told


def test_the_page_is_answered_at_once_and_the_worker_does_the_rest(app, place, bea, item, do_chores):
    told = brought(bea, item)
    assert (kept(app, item), state(app, told)) == ({}, IncomingState.COMPLETING)
    assert rows(bea, item, told) == {"state": "completing", "html": ""}
    assert do_chores() == 1
    assert (kept(app, item), room_of(app, item)) == ({"film.dat": True}, (len(BIG), 0))
    shown = rows(bea, item, told)
    assert shown["state"] == "done" and "Saved" in shown["html"]
    assert fresh(app, item).state.value == "started"
    assert list(store().keys("incoming/")) == []


@pytest.mark.both
def test_asking_again_orders_nothing_twice(app, place, bea, item, do_chores):
    (told,) = declare(bea, item, announced())
    etags = bring(bea, told)
    for _ in range(3):
        complete(bea, told, etags, 202)
        bea.send("POST", f"/uploads/{told['id']}/complete", {}, 202)
    assert stands(app) == [Stand.WAITING]
    do_chores()
    complete(bea, told, etags, 200)
    assert stands(app) == [Stand.SENT] and kept(app, item) == {"film.dat": True}


def test_what_is_not_all_here_is_refused_before_anybody_works(app, place, bea, item):
    (told,) = declare(bea, item, announced())
    etags = bring(bea, told)
    complete(bea, told, etags | {2: "0" * 32}, 412)
    assert (state(app, told), stands(app)) == (IncomingState.OPEN, [])


def test_a_file_that_cannot_be_taken_says_so_when_the_page_asks(app, place, cast, bea, do_chores):
    item = make_item(app, cast.project, spec={"types": ["image"]})
    (told,) = declare(bea, item, announced("photo.jpg", content := b"MZ\x90\0" + BIG[4:]))
    complete(bea, told, bring(bea, told, content), 202)
    do_chores()
    shown = rows(bea, item, told)
    assert shown["state"] == "failed" and "is a program or script" in shown["html"]
    assert (room_of(app, item), kept(app, item)) == ((0, 0), {})
    assert bea.send("POST", f"/uploads/{told['id']}/complete", {}, 422).response.text


class Dying:
    """A store in which the process ends at one step, once."""

    def __init__(self, inner, step, *, after):
        self._inner, self._step, self._after = inner, step, after

    def __getattr__(self, name):
        real = getattr(self._inner, name)
        if name != self._step:
            return real

        def die(*words, **more):
            if self._after:
                real(*words, **more)
            self._step = ""
            raise KeyboardInterrupt

        return die


@pytest.mark.parametrize(("step", "after"), [("join", False), ("join", True), ("promote", False), ("promote", True)])
def test_a_worker_that_dies_in_the_middle_is_followed_by_another(app, place, bea, item, do_chores, clock, step, after):
    told = brought(bea, item)
    current.use(Dying(store(), step, after=after))
    with pytest.raises(KeyboardInterrupt):
        do_chores()
    assert (kept(app, item), state(app, told)) == ({}, IncomingState.COMPLETING)
    assert do_chores() == 0, "its lease has not run out"
    clock.advance(minutes=2)
    assert do_chores() == 1
    assert (kept(app, item), room_of(app, item)) == ({"film.dat": True}, (len(BIG), 0))


def test_when_no_worker_comes_it_is_ordered_again_and_arrives_once(app, cast, bea, item, do_chores, clock):
    told = brought(bea, item)
    clock.advance(minutes=40)
    bea.send("POST", f"/uploads/{told['id']}/complete", {}, 202)
    do_chores()
    clock.advance(minutes=40)
    bea.send("POST", f"/uploads/{told['id']}/complete", {}, 200)
    with reading(app) as session:
        assert session.scalar(sa.select(sa.func.count(Upload.id)).where(Upload.item_id == item.id)) == 1


def test_while_the_store_is_away_it_waits(app, bea, item, do_chores, clock):
    class Away(DiskStorage):
        def join(self, begun, parts):
            raise StoreDown("the bucket does not answer")

    told, home = brought(bea, item), store()
    current.use(Away(home.root))
    for _ in range(3):
        do_chores()
        clock.advance(minutes=31)
    assert state(app, told) is IncomingState.COMPLETING
    current.use(home)
    do_chores()
    assert kept(app, item) == {"film.dat": True}


def test_where_it_may_not_be_added_any_more_nothing_is_and_the_page_says_why(app, cast, bea, item, do_chores):
    told = brought(bea, item)
    make_upload(app, item)
    act(app, lambda: actions.send(db.session.get_one(Item, item.id), "", by=as_viewer(app, cast.bea)), by=as_viewer(app, cast.bea))
    do_chores()
    assert (state(app, told), "film.dat" in kept(app, item)) == (IncomingState.OPEN, False)
    page = bea.send("POST", f"/uploads/{told['id']}/complete", {}, 409)
    assert "has been sent already" in page.response.text
    assert stands(app) == [Stand.SENT]


def test_whoever_has_left_adds_nothing(app, cast, bea, item, do_chores):
    told = brought(bea, item)

    def leave():
        mine = (Membership.person_id == cast.bea.id, Membership.client_id == cast.birch.id)
        db.session.scalars(sa.select(Membership).where(*mine)).one().ended_at = now()

    act(app, leave)
    do_chores()
    assert (kept(app, item), state(app, told)) == ({}, IncomingState.OPEN)


def test_it_cannot_be_given_up_while_the_worker_has_it(app, bea, item, do_chores):
    told = brought(bea, item)
    page = bea.send("DELETE", f"/uploads/{told['id']}", status=409)
    assert "is just arriving" in page.response.text
    do_chores()
    assert kept(app, item) == {"film.dat": True}


def test_bytes_that_were_safe_already_are_taken_as_they_are(app, place, bea, item, do_chores):
    told = brought(bea, item)
    with reading(app) as session:
        row = session.get_one(Incoming, sa.Uuid().python_type(told["id"]))
        where = Begun(row.key_in_incoming, row.store_id)
    store().promote(store().join(where, store().parts(where)), row.key)
    do_chores()
    assert kept(app, item) == {"film.dat": True}
