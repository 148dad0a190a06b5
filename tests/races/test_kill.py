"""`kill -9` of a real process around the two truths: there is never a row without its bytes, and stray bytes are found."""

from __future__ import annotations

import io
import signal
from multiprocessing import forkserver, get_context

import pytest
import sqlalchemy as sa

from portal.edges import audit, doctor
from portal.models.definition.shape import Definition, Question, Section, Type
from portal.models.files import Incoming, IncomingState, Upload
from portal.models.item_states import ItemState
from portal.models.questionnaires import NotePicture
from portal.storage.current import store
from tests.races.child import let_pictures_go, send_file
from tests.support.cast import PDF, fresh, make_item, make_note_picture, make_questionnaire, reading

FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["tests.races.child"])
POINTS = {
    "before the bytes are safe": False,
    "after the bytes are safe": False,
    "before the row is committed": False,
    "after the row is committed": True,
}


@pytest.fixture(scope="module", autouse=True)
def nursery():
    """Where children are forked from; begun before a test has its own folder for what is temporary."""
    forkserver.ensure_running()


def send(app, item, point):
    """Let another process send a file and die; how it ended."""
    child = FORKS.Process(target=send_file, args=(app.config["DATA_DIR"], app.config["SQLALCHEMY_DATABASE_URI"], str(item.id), point))
    child.start()
    child.join(60)
    return child.exitcode


def found(app):
    with app.app_context():
        return [(finding.words, finding.mend) for finding in doctor.look()]


def mend(app):
    with app.app_context():
        for finding in list(doctor.look()):
            if finding.mend:
                doctor.open_session(doctor.SYSTEM, writes=True)
                finding.mend()


def uploads(app):
    with reading(app) as session:
        return list(session.scalars(sa.select(Upload)))


@pytest.mark.parametrize("point", POINTS)
def test_killed(app, cast, bea, clock, do_chores, point):
    item = make_item(app, cast.project)
    assert send(app, item, point) == -signal.SIGKILL

    rows = uploads(app)
    assert len(rows) == (1 if POINTS[point] else 0)
    assert all(store().size(row.key) == row.bytes for row in rows), "a row without its bytes"
    assert fresh(app, item).state is (ItemState.STARTED if POINTS[point] else ItemState.TO_DO)
    with reading(app) as session:
        states = list(session.scalars(sa.select(Incoming.state)))
        assert states == [IncomingState.DONE if POINTS[point] else IncomingState.OPEN]
        assert list(audit.troubles()) == []
    assert not [words for words, _ in found(app) if "bytes are gone" in words]

    page = bea.get(f"/items/{item.id}/files")
    assert ("Plan.pdf" in page.text) is POINTS[point]
    bea.post(page.url, {"files": (io.BytesIO(PDF + b"% another"), "Again.pdf"), "act": "send"})
    assert fresh(app, item).state is ItemState.SENT

    clock.advance(hours=25)
    stray = [words for words, how in found(app) if how and ("belong to no file" in words or "antechamber" in words)]
    assert len(stray) == (0 if POINTS[point] else 1)
    mend(app)
    do_chores()
    assert [words for words, _ in found(app) if "mails" not in words] == []
    assert all(store().size(row.key) == row.bytes for row in uploads(app))


@pytest.mark.sqlite_only
def test_the_child_does_what_a_page_does(app, cast):
    """Positive control: told to die nowhere, it sends the file."""
    item = make_item(app, cast.project)
    assert send(app, item, "nowhere") == 0
    assert fresh(app, item).state is ItemState.SENT


@pytest.mark.sqlite_only
@pytest.mark.parametrize("point", ["before the bytes go", "after the bytes go"])
def test_killed_while_a_picture_is_let_go_of(app, clock, do_chores, point):
    shown, unnamed = make_note_picture(app), make_note_picture(app)
    note = Question(key="note", type=Type.NOTE, label={"en": "Where it is"}, picture=shown, alt={"en": "The meter"})
    make_questionnaire(app, Definition(sections=(Section(key="all", title={"en": "All"}, questions=(note,)),)))
    clock.advance(days=2)
    told = (app.config["DATA_DIR"], app.config["SQLALCHEMY_DATABASE_URI"], clock.now.isoformat(), point)
    child = FORKS.Process(target=let_pictures_go, args=told)
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    with reading(app) as session:
        (left,) = session.scalars(sa.select(NotePicture))
        assert (str(left.id), store().size(left.key)) == (shown, left.bytes)
    clock.advance(hours=1)
    do_chores()
    assert [stored.key for stored in store().keys("blobs/")] == [left.key], unnamed
    clock.advance(days=2)
    assert found(app) == []
