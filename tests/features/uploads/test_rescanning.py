"""New signatures look again at what was clean: in small batches, and what is found then is locked and told like anything else."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.edges.queue import look_for_signatures
from portal.kernel.db import db
from portal.kernel.outbox import Outbox
from portal.kinds.files import rescanning
from portal.models.files import Scan
from portal.models.people import Firm
from portal.storage import scanner
from tests.support.cast import act, fresh, make_item, make_upload, reading
from tests.support.clamd import running_clamd

pytestmark = pytest.mark.sqlite_only
NEW = b"a virus of tomorrow, which nobody knows today"


@pytest.fixture
def clamd(app, tmp_path_factory):
    with running_clamd(tmp_path_factory.mktemp("clamd")) as clamd:
        scanner.use(clamd.url)
        yield clamd
        scanner.use("")


@pytest.fixture
def item(app, cast):
    return make_item(app, cast.project)


def learn(app, clamd):
    """Give the scanner one more signature, and let its version seem another one, as it is with signatures that carry a number."""
    clamd.stop()
    with (clamd.folder / "db" / "test.ndb").open("a") as signatures:
        signatures.write(f"Of-Tomorrow:0:*:{NEW.hex()}\n")
    clamd.start()
    known = lambda: setattr(db.session.scalars(sa.select(Firm)).one(), "settings", {rescanning.KNOWN: "last week's"})  # noqa: E731
    act(app, known)


def ordered(app, kind):
    with reading(app) as session:
        return session.scalar(sa.select(sa.func.count(Outbox.id)).where(Outbox.kind == kind))


def test_a_virus_that_was_unknown_is_found_later_and_everybody_is_told(app, cast, clamd, item, bea, ada, do_chores, send_mail, clock):
    good, bad = make_upload(app, item, name="good.txt", content=b"good"), make_upload(app, item, name="invoice.txt", content=NEW)
    do_chores()
    assert {fresh(app, good).scan, fresh(app, bad).scan} == {Scan.CLEAN}
    bea.post(f"/items/{item.id}/files", {"act": "send"})
    clock.advance(hours=3)
    learn(app, clamd)
    look_for_signatures(app)
    do_chores()
    assert (fresh(app, good).scan, fresh(app, bad).scan) == (Scan.CLEAN, Scan.INFECTED)
    assert fresh(app, good).scanned_at == clock.now
    ada.get(f"/staff/files/{bad.id}", 409)
    assert ada.get(f"/staff/files/{good.id}").data == b"good"
    clock.advance(minutes=2)
    told = {mail.to for mail in send_mail() if mail.subject.startswith("A virus was found")}
    assert told == {cast.bea.email_typed, cast.ada.email_typed}
    do_chores()
    scans = ordered(app, "scan")
    clock.advance(minutes=2)
    do_chores()
    look_for_signatures(app)
    do_chores()
    assert ordered(app, "scan") == scans, "the same signatures look once"


def test_a_file_that_is_looked_at_again_can_be_fetched_meanwhile(app, clamd, item, bea, do_chores, clock):
    upload = make_upload(app, item, name="good.txt", content=b"good")
    do_chores()
    clock.advance(minutes=1)
    learn(app, clamd)
    look_for_signatures(app)
    clamd.stop()
    do_chores()
    assert fresh(app, upload).scan is Scan.CLEAN
    assert bea.get(f"/files/{upload.id}").data == b"good"


def test_only_clean_files_of_two_weeks_and_few_at_a_time(app, clamd, item, do_chores, clock, monkeypatch):
    monkeypatch.setattr(rescanning, "BATCH", 2)
    old = make_upload(app, item, name="old.txt", content=NEW)
    do_chores()
    clock.advance(days=15)
    young = [make_upload(app, item, name=f"{n}.txt", content=bytes([65 + n])) for n in range(5)]
    do_chores()
    before = clock.now
    clock.advance(minutes=1)
    learn(app, clamd)
    look_for_signatures(app)
    looked = []
    for _ in range(4):
        do_chores()
        looked.append(sum(fresh(app, upload).scanned_at > before for upload in young))
        clock.advance(minutes=1, seconds=1)
    assert looked == [2, 4, 5, 5]
    assert fresh(app, old).scan is Scan.CLEAN, "nobody looks back further than two weeks"


def test_the_first_signatures_and_a_scanner_that_is_away_order_nothing(app, clamd, item, do_chores):
    make_upload(app, item)
    do_chores()
    look_for_signatures(app)
    look_for_signatures(app)
    clamd.stop()
    look_for_signatures(app)
    assert ordered(app, "rescan") == 0
