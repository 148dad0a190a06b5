"""Bytes nobody needs any more go once their keeping time is over; what was ever sent, presented or given never does."""

from __future__ import annotations

from io import BytesIO

import pytest
import sqlalchemy as sa

from portal.edges import doctor
from portal.edges.queue import tidy_up
from portal.features.uploads import actions as uploads
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kinds import life
from portal.kinds.files import purging
from portal.models.clients import Client
from portal.models.files import Upload
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.people import Firm
from portal.models.previews import Preview
from portal.storage import NoSuchKey, StoreDown
from portal.storage.current import store
from tests.support.cast import PNG, act, as_viewer, fresh, give_files, lay_for, lay_ready, make_item, make_upload, present, reading


@pytest.fixture
def item(app, cast):
    return make_item(app, cast.project, "Your logo")


def remove(app, cast, item, upload):
    bea = as_viewer(app, cast.bea)
    act(app, lambda: uploads.remove(db.session.get_one(Item, item.id), upload.id, by=bea), by=bea)


def send(app, cast, item):
    bea = as_viewer(app, cast.bea)
    act(app, lambda: uploads.send(db.session.get_one(Item, item.id), "", by=bea), by=bea)


def set_state(app, item, state):
    act(app, lambda: db.session.execute(sa.update(Item).where(Item.id == item.id).values(state=state, state_since=now())))


def lies(upload):
    try:
        store().size(upload.key)
    except NoSuchKey:
        return False
    return True


def gone(app):
    with reading(app) as session:
        return {upload.name for upload in session.scalars(sa.select(Upload).where(Upload.purged_at.is_not(None)))}


@pytest.fixture
def later(app, clock, do_chores):
    """later(31): so many days pass, with the worker's hourly round at their end."""

    def pass_by(days):
        clock.advance(days=days)
        tidy_up(app)
        do_chores()

    return pass_by


def look(app):
    with app.app_context():
        return [finding for finding in doctor.look() if "due for more than an hour" not in finding.words]


def used(app, cast):
    with reading(app) as session:
        return session.get_one(Client, cast.birch.id).bytes_used


def test_a_removed_file_is_kept_for_a_while_and_then_only_its_row(app, cast, item, browse, do_chores, later):
    stays = make_upload(app, item, name="stays.pdf")
    upload = make_upload(app, item, name="wrong.png", content=PNG)
    do_chores()
    remove(app, cast, item, upload)
    later(29)
    assert lies(upload) and gone(app) == set()
    later(2)
    row = fresh(app, upload)
    assert (row.name, row.sha256, lies(upload), lies(stays)) == ("wrong.png", upload.sha256, False, True)
    assert row.purged_at is not None
    with reading(app) as session:
        assert session.scalars(sa.select(Preview).where(Preview.upload_id == upload.id)).first() is None
    assert used(app, cast) == stays.bytes
    assert look(app) == []
    browse(cast.bea).get(f"/files/{upload.id}", 404)


@pytest.mark.sqlite_only
def test_the_firm_says_how_long(app, cast, item, later):
    upload = make_upload(app, item)
    remove(app, cast, item, upload)
    act(app, lambda: db.session.execute(sa.update(Firm).values(settings={"keep_removed_days": 3})))
    later(4)
    assert not lies(upload)


def test_what_was_handed_over_stays_also_when_it_was_taken_back_and_removed(app, cast, item, later):
    upload = make_upload(app, item)
    send(app, cast, item)
    bea = as_viewer(app, cast.bea)
    act(app, lambda: life.take_back(db.session.get_one(Item, item.id), by=bea), by=bea)
    remove(app, cast, item, upload)
    later(400)
    assert lies(upload) and gone(app) == set()


def test_what_was_presented_or_given_stays(app, cast, later):
    design = make_item(app, cast.project, "Sign", kind="approval", state="preparing")
    shown = lay_ready(app, design, name="shown.png")
    ada = as_viewer(app, cast.ada)
    act(app, lambda: present(db.session.get_one(Item, design.id), by=ada), by=ada)
    left = lay_ready(app, design, name="never shown.png")
    give_files(app, cast.project, "Offer.pdf")
    waits = lay_for(app, cast.project, "Not given yet.pdf")
    set_state(app, design, ItemState.ACCEPTED)
    later(400)
    assert gone(app) == {"never shown.png"}
    assert (lies(shown), lies(waits), lies(left)) == (True, True, False)


@pytest.mark.sqlite_only
def test_a_version_another_one_took_the_place_of_goes_once_that_was_accepted(app, cast, item, bea, later):
    older = make_upload(app, item, name="cut 1.pdf")
    bea.post(f"/items/{item.id}/files/{older.id}/version", {"file": (BytesIO(b"Other words"), "cut 2.txt")})
    later(60)
    assert gone(app) == set(), "nothing is decided yet"
    send(app, cast, item)
    set_state(app, item, ItemState.ACCEPTED)
    later(31)
    assert gone(app) == {"cut 1.pdf"}


@pytest.mark.sqlite_only
def test_a_marked_file_is_handed_to_nobody_and_the_doctor_ends_what_was_begun(app, item, ada, clock):
    upload = make_upload(app, item)
    act(app, lambda: db.session.execute(sa.update(Upload).where(Upload.id == upload.id).values(purging_at=now())))
    ada.get(f"/staff/files/{upload.id}", 409)
    assert look(app) == [], "it may be going just now"
    clock.advance(hours=2)
    (finding,) = look(app)
    assert finding.words == "files that are kept no longer and not gone yet: 1."
    with app.app_context():
        finding.mend()
    assert not lies(upload) and look(app) == []


@pytest.mark.sqlite_only
def test_bytes_that_came_back_with_a_backup_go_again(app, cast, item, later, clock):
    upload = make_upload(app, item)
    remove(app, cast, item, upload)
    later(31)
    store().promote(store().receive(BytesIO(b"from the backup"), limit=100), upload.key)
    clock.advance(days=2)
    assert [finding.words for finding in look(app)] == [f"{upload.key}: 15 bytes that belong to no file."]


@pytest.mark.sqlite_only
def test_a_store_that_is_away_is_waited_for(app, cast, item, later, monkeypatch):
    upload = make_upload(app, item)
    remove(app, cast, item, upload)

    def away(*_):
        raise StoreDown("away")

    with monkeypatch.context() as broken:
        broken.setattr(type(store()), "delete", away)
        later(31)
        assert fresh(app, upload).purging_at and gone(app) == set()
    later(1)
    assert gone(app) == {upload.name}


@pytest.mark.sqlite_only
def test_many_go_in_one_chore(app, cast, item, later, monkeypatch):
    monkeypatch.setattr(purging, "BATCH", 2)
    for n in range(5):
        remove(app, cast, item, make_upload(app, item, name=f"{n}.pdf"))
    later(31)
    assert gone(app) == {f"{n}.pdf" for n in range(5)}
