"""The dossier of a project: all that both sides know in one zip, in the client's language, with the hash of each part."""

import hashlib
import io
import json
import zipfile

import pytest
import sqlalchemy as sa

from portal.features.closing import actions as closing
from portal.features.dossier import actions
from portal.kernel.db import db, open_session
from portal.kernel.record import Audience, Kind, record
from portal.kernel.viewer import SYSTEM, Role
from portal.kinds.dossier.gathering import gather
from portal.kinds.talk import saying, subject
from portal.models.clients import Membership
from portal.models.projects import Project
from portal.web.dossier.packing import send_dossier
from portal.web.zipping import BrokenOff
from tests.support.cast import PDF, Item, act, as_viewer, give_files, lay_ready, make_client, make_contact, make_item, make_project, present
from tests.support.pins import put

SECRET = "They never pay on time"


@pytest.fixture
def rich(app, cast):
    """A project in which a lot happened, and a lot of it is nobody's business but ours."""
    make_item(app, cast.project, "Logo", kind="files", state="accepted")
    make_item(app, cast.project, "About you", kind="questionnaire", state="accepted")
    make_item(app, cast.project, "Homepage", kind="approval", state="accepted")
    shop = make_item(app, cast.project, "Shop", kind="approval", state="preparing")
    picture = lay_ready(app, shop, name="shop.png")
    by = as_viewer(app, cast.ada)
    act(app, lambda: present(db.session.get_one(Item, shop.id), by=by, text="Look"), by=by)
    put(app, shop, picture, "Bigger please", by=cast.bea)
    put(app, shop, picture, SECRET, by=cast.ada, inside=True)
    lay_ready(app, make_item(app, cast.project, "Poster", kind="approval", state="preparing"), name="not yet.png")
    make_item(app, cast.project, "Draft of ours", kind="files", state="draft")
    give_files(app, cast.project, "plan.pdf", note="The plan")
    for words, inside in (("When do we meet?", False), (SECRET, True)):
        writing = saying.Writing(words, inside=inside)
        act(app, lambda writing=writing: saying.say(subject.of_project(cast.project.id), writing, by=by), by=by)
    act(app, lambda: record(Kind.CALL_NOTED, cast.project, by=SYSTEM, audience=Audience.INTERNAL, detail={"note": SECRET}))
    act(app, lambda: closing.note_lesson(db.session.get_one(Project, cast.project.id), SECRET, by=by), by=by)


def take(browser, project, *, staff=False, status=200) -> zipfile.ZipFile:
    content = browser.post(f"{'/staff' if staff else ''}/projects/{project.id}/dossier/zip", {}, status=status).data
    return zipfile.ZipFile(io.BytesIO(content)) if status == 200 else None


def test_both_sides_take_the_same_and_every_hash_is_right(app, cast, ada, bea, rich):
    assert "Homepage" not in ada.get(f"/staff/projects/{cast.project.id}/dossier").text
    assert "What is in it" in bea.get(f"/projects/{cast.project.id}/dossier").text
    theirs, ours = take(bea, cast.project), take(ada, cast.project, staff=True)
    assert theirs.namelist() == ours.namelist()
    manifest = json.loads(theirs.read("manifest.json"))
    for name, told in manifest["members"].items():
        assert hashlib.sha256(theirs.read(name)).hexdigest() == told["sha256"] and len(theirs.read(name)) == told["bytes"]
    sums = dict(reversed(line.split("  ", 1)) for line in theirs.read("SHA256SUMS.txt").decode().splitlines())
    assert sums == {name: hashlib.sha256(theirs.read(name)).hexdigest() for name in [*manifest["members"]]}
    files = [name for name in theirs.namelist() if name.startswith("files/")]
    assert len(files) == 3 and theirs.read(next(name for name in files if "plan" in name)) == PDF
    assert theirs.read("dossier.pdf").startswith(b"%PDF")
    told = json.loads(theirs.read("dossier.json"))
    assert {one["words"]["en"]["title"] for one in told["asked"]} == {"Logo", "About you", "Homepage", "Shop", "Poster"}
    assert {file["path"] for file in told["files"]} == set(files)
    page = theirs.read("dossier.html").decode()
    for words in ("Homepage, version 1", "Approved", "Logo", "What was sent and answered", "plan.pdf"):
        assert words in page


def test_nothing_internal_comes_in_whoever_takes_it(app, cast, ada, rich):
    packed = take(ada, cast.project, staff=True)
    everything = "".join(packed.read(name).decode(errors="ignore") for name in packed.namelist())
    for word in (SECRET, "Draft of ours", "not yet.png", "Cedar", cast.bea.email_typed, "lesson", "audience"):
        assert word not in everything, word
    assert all(words in everything for words in ("Bigger please", "Homepage", "When do we meet?"))


def test_it_speaks_the_language_of_the_client(app, ada):
    client = make_client(app, "Lindner", language="de")
    project = make_project(app, client, "Neue Webseite")
    make_contact(app, client)
    assert json.loads(take(ada, project, staff=True).read("dossier.json"))["language"] == "de"


def test_guests_and_strangers_take_nothing_and_nobody_after_their_rights_ended(app, cast, browse, cal, rich, nothing_changed):
    guest = browse(make_contact(app, cast.birch, "Gus Guest", role=Role.GUEST))
    for browser in (guest, cal):
        browser.get(f"/projects/{cast.project.id}/dossier", 404)
        take(browser, cast.project, status=404)
    by = as_viewer(app, cast.ben)
    with app.test_request_context():
        open_session(by, writes=True)
        project = db.session.get_one(Project, cast.project.id)
        response = send_dossier(project, key=actions.take(project, by=by), by=by)
    act(app, lambda: db.session.execute(sa.update(Membership).where(Membership.person_id == by.person_id).values(role=Role.GUEST)))
    with app.test_request_context(), pytest.raises(BrokenOff):
        list(response.response)


def test_it_is_never_read_with_our_own_eyes(app, cast):
    with app.app_context():
        open_session(SYSTEM, writes=False)
        with pytest.raises(RuntimeError):
            gather(cast.project.id)


def test_it_asks_as_many_questions_for_many_things(app, cast, count_queries):
    from portal.kinds.dossier.eyes import of_client

    def count() -> int:
        with app.app_context():
            open_session(of_client(cast.birch.id), writes=False)
            with count_queries() as asked:
                gather(cast.project.id)
            return len(asked)

    for n in range(2):
        make_item(app, cast.project, f"Photo {n}", kind="files", state="accepted")
    few = count()
    for n in range(6):
        make_item(app, cast.project, f"More {n}", kind="files", state="accepted")
    assert count() == few
