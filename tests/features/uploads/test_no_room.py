"""When the disk is full or the store is away in the middle of a file: it is said, nothing half-done stays, and the file goes on later."""

from __future__ import annotations

import contextlib
import io
import resource
from dataclasses import replace

import pytest
import sqlalchemy as sa

from portal.kernel.db import db
from portal.kinds.files.incoming import PART
from portal.models.files import IncomingState
from portal.storage import current
from portal.storage.current import store
from portal.storage.disk import DiskStorage
from portal.storage.s3 import Bucket
from portal.storage.s3_storage import S3Storage
from tests.features.uploads.test_lines import BIG, announced, bring, complete, declare, kept, part, room_of, sign, state
from tests.support.cast import make_item
from tests.support.ports import free_port
from tests.support.seaweed import empty

pytestmark = pytest.mark.sqlite_only
SMALL = b"x" * (PART - 1)


@pytest.fixture
def item(app, cast):
    return make_item(app, cast.project)


@contextlib.contextmanager
def full_at(size):
    """No file may grow beyond this: a disk that cannot hold more says the same."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextlib.contextmanager
def database_full(app):
    """The database has no page left."""

    def no_larger(connection):
        connection.exec_driver_sql(f"PRAGMA max_page_count = {connection.exec_driver_sql('PRAGMA page_count').scalar()}")

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "begin", no_larger)
    try:
        yield
    finally:
        sa.event.remove(engine, "begin", no_larger)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 4294967294")


def keys(prefix):
    return [stored.key for stored in store().keys(prefix)]


def test_no_room_for_a_small_file(app, bea, item):
    (told,) = declare(bea, item, announced("note.dat", SMALL))
    with full_at(4 << 20):
        assert "There is no room for" in bea.send("PUT", told["put"]["url"], SMALL, 507).text
    assert (kept(app, item), keys("incoming/"), keys("blobs/"), state(app, told)) == ({}, [], [], IncomingState.OPEN)
    bea.send("PUT", told["put"]["url"], SMALL, 200)
    assert kept(app, item) == {"note.dat": True}


def test_no_room_for_a_part(app, bea, item):
    (told,) = declare(bea, item, announced())
    bea.send("PUT", sign(bea, told, n=1), part(BIG, 1), 200)
    with full_at(PART + 1000):
        assert "There is no room for" in bea.send("PUT", sign(bea, told, n=2), part(BIG, 2), 507).text
    listed = bea.send("GET", sign(bea, told, "GET"), b"", 200).data
    assert listed.count(b"<Part>") == 1 and room_of(app, item) == (0, len(BIG))
    complete(bea, told, bring(bea, told), 200)
    assert kept(app, item) == {"film.dat": True} and room_of(app, item) == (len(BIG), 0)


def test_what_is_kept_for_the_database_is_not_filled_with_files(app, bea, item, nothing_changed):
    """New files are refused before a byte of them comes, those under way go on when there is room again, and pages work."""
    (told,) = declare(bea, item, announced())
    bea.send("PUT", sign(bea, told, n=1), part(BIG, 1), 200)
    current.use(nearly_full := Nearly(store().root))
    nearly_full.free = PART
    with nothing_changed():
        assert "no room for new files" in declare(bea, item, announced("more.dat", BIG[:PART]), status=422).response.text
        assert "There is no room for" in bea.send("PUT", sign(bea, told, n=2), part(BIG, 2), 507).text
        nearly_full.free = 0
        bea.refused(f"/items/{item.id}/files", {"files": (io.BytesIO(b"x"), "plain.dat")}, says="no room for new files")
    assert bea.get("/readyz").data == b"no room for new files\n"
    nearly_full.free = 10 * PART
    complete(bea, told, bring(bea, told), 200)
    assert kept(app, item) == {"film.dat": True}


class Nearly(DiskStorage):
    """A disk with so much room."""

    free = 0

    def free_bytes(self):
        return self.free


def test_no_room_for_its_row(app, bea, item, clock):
    """The bytes are safe and the row cannot be written: nobody is told that we have it, and the next try finds them."""
    rows = declare(bea, item, *(announced(f"{n:03d}.dat", SMALL[:9], print_=f"{n:064x}") for n in range(60)))
    with database_full(app):
        n = next(n for n, told in enumerate(rows) if bea.send("PUT", told["put"]["url"], SMALL[:9]).status != 200)
    assert bea.page.status == 507
    assert len(kept(app, item)) == len(keys("blobs/")) - 1 == n
    clock.advance(minutes=5)
    bea.send("PUT", sign(bea, rows[n]), SMALL[:9], 200)
    assert set(kept(app, item).values()) == {True} and len(kept(app, item)) == len(keys("blobs/")) == n + 1


def test_a_store_that_goes_away_before_the_end(app, bea, item, seaweed_place):
    there = S3Storage(Bucket(seaweed_place), direct=False)
    away = S3Storage(Bucket(replace(seaweed_place, endpoint=f"http://127.0.0.1:{free_port()}")), direct=False)
    empty(there)
    current.use(there)
    assert bea.get("/readyz").data == b"ready\n"
    (told,) = declare(bea, item, announced())
    etags = bring(bea, told)
    current.use(away)
    assert "has to wait a moment" in complete(bea, told, etags, 503).text
    assert "files: no answer" in bea.get("/readyz", 503).text
    assert state(app, told) is IncomingState.OPEN
    current.use(there)
    assert kept(app, item) == {}
    complete(bea, told, etags, 200)
    assert kept(app, item) == {"film.dat": True} and keys("incoming/") == []
