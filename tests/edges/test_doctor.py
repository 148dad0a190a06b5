"""`flask doctor`: finds what a crash left, mends what loses nothing, and leaves the healthy alone."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from portal.edges import doctor
from portal.kernel import outbox
from portal.kernel.clock import now
from portal.kernel.db import db, open_session
from portal.kernel.outbox import Outbox, Stand
from portal.kernel.scope import find
from portal.kernel.viewer import SYSTEM
from portal.kinds.files import landing
from portal.kinds.files.landing import OnItem
from portal.models.files import Incoming, IncomingState
from portal.models.items import Item
from portal.models.projects import Lane, Project
from portal.storage import blob_key
from portal.storage.current import store
from tests.support.cast import act, as_viewer, fresh, make_item, make_upload, reading


@pytest.fixture
def item(app, cast):
    return make_item(app, cast.project, "Logo", kind="files")


def look(app, *, late_mails: bool = False) -> list[doctor.Finding]:
    """What it finds; no worker runs here, so mails are late whenever the clock goes on."""
    with app.app_context():
        return [finding for finding in doctor.look() if late_mails or "mails due" not in finding.words]


def mend(app) -> None:
    for finding in look(app):
        if finding.mend:
            with app.app_context():
                open_session(SYSTEM, writes=True)
                finding.mend()


def lay_down(app, cast, content=b"bytes") -> str:
    """Bytes under a final key, as a process leaves them that dies before it writes their row."""
    key = blob_key(cast.birch.id, uuid4())
    store().promote(store().receive(BytesIO(content), limit=1000), key)
    return key


def test_the_healthy_is_left_alone(app, cast, item):
    make_upload(app, item)
    assert look(app) == []


def test_a_board_that_says_something_else_is_worked_out_again(app, cast, item):
    assert fresh(app, cast.project).lane is Lane.CLIENTS
    act(app, lambda: db.session.execute(sa.update(Project).where(Project.id == cast.project.id).values(lane=Lane.NOTHING, waits_client=9)))
    (finding,) = look(app)
    assert str(cast.project.id) in finding.words
    mend(app)
    assert look(app) == []
    assert fresh(app, cast.project).lane is Lane.CLIENTS


def test_a_file_whose_bytes_are_gone_needs_a_person(app, cast, item):
    upload = make_upload(app, item)
    store().delete(upload.key)
    (finding,) = look(app)
    assert upload.key in finding.words and "backup" in finding.words and finding.mend is None


def test_bytes_without_a_file_go_after_a_day(app, cast, clock):
    key = lay_down(app, cast)
    assert look(app) == [], "it may still be under way"
    clock.advance(hours=25)
    (finding,) = look(app)
    assert key in finding.words
    mend(app)
    assert look(app) == []


def test_the_bytes_of_a_file_on_its_way_stay(app, cast, item, clock):
    def begin():
        row = landing.announce(OnItem(find(Item, item.id)), ["slow.jpg"], by=as_viewer(app, cast.bea))[0]
        row.expires_at = now() + timedelta(days=3)
        return row

    coming = act(app, begin, by=as_viewer(app, cast.bea))
    store().promote(store().receive(BytesIO(b"slow"), limit=10), coming.key)
    clock.advance(hours=25)
    assert look(app) == []


def test_an_upload_nobody_finished_is_ended(app, cast, item, clock):
    act(app, lambda: landing.announce(OnItem(find(Item, item.id)), ["never.jpg"], by=as_viewer(app, cast.bea)), by=as_viewer(app, cast.bea))
    store().receive(BytesIO(b"half"), limit=10)
    clock.advance(hours=25)
    assert len(look(app)) == 2
    mend(app)
    assert look(app) == []
    with reading(app) as session:
        assert session.scalars(sa.select(Incoming.state)).one() is IncomingState.FAILED


def test_mails_that_got_stuck_are_named(app, cast, clock):
    def post():
        row_id = outbox.post("nudge", lane=outbox.Lane.ASK, person_id=cast.bea.id, facts={})
        outbox.post("nudge", lane=outbox.Lane.ASK, person_id=cast.bea.id, facts={})
        db.session.execute(sa.update(Outbox).where(Outbox.id == row_id).values(state=Stand.PARKED, error="552 full"))

    act(app, post)
    clock.advance(hours=2)
    parked, late = look(app, late_mails=True)
    assert "parked: 552 full" in parked.words and parked.mend is None
    assert "mails due for more than an hour: 1." in late.words


def test_what_others_on_the_machine_may_read_is_found_and_closed(app, cast):
    mails = Path(app.config["MAIL_FOLDER"])
    mails.mkdir(mode=0o700)
    letter = mails / "20260101T000000000000-0123456789abcdef.eml"
    letter.touch(0o644)
    Path(app.config["DATA_DIR"]).chmod(0o755)
    (finding,) = look(app)
    assert "other users of this machine may read" in finding.words and finding.words.endswith("and 1 more.")
    mend(app)
    assert look(app) == []
    assert letter.stat().st_mode & 0o777 == 0o600 and Path(app.config["DATA_DIR"]).stat().st_mode & 0o777 == 0o700
