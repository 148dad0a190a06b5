"""The record as the client's people see it: every decision, and all of it to take away for those who decide."""

import io
import json
import zipfile

import pytest
import sqlalchemy as sa

from portal.kernel.db import db, open_session
from portal.kernel.record import Audience, Kind, record
from portal.kernel.verifying import look
from portal.kernel.viewer import SYSTEM, Role
from portal.kinds.record.signing import signing_key
from portal.models.clients import Membership
from portal.web.record_zip import send_record
from portal.web.zipping import BrokenOff
from tests.features.records import leads_to
from tests.support.cast import PDF, act, as_viewer, make_contact, make_item

SECRET = "They never pay on time"


@pytest.fixture
def decided(app, cast):
    """Something was decided, and something was said about them."""
    item = make_item(app, cast.project, "Homepage", kind="approval", state="accepted")
    make_item(app, cast.project, "Their cousin", kind="files", state="draft")
    act(app, lambda: record(Kind.CALL_NOTED, cast.project, by=SYSTEM, audience=Audience.INTERNAL, detail={"note": SECRET}))
    return item


def take(browser, client, *, status=200, **form) -> bytes:
    return browser.post(f"/record/{client.id}/zip", form, status=status).data


def test_every_decision_stands_there_and_leads_to_its_receipt(app, cast, bea, decided, tmp_path):
    page = bea.get("/record")
    assert "One decision" in page.text and "Homepage" in page.text and "Approved" in page.text and "entries so far" in page.text
    bea.get(leads_to(page, "Homepage"))
    content = take(bea, cast.birch)
    (tmp_path / "record.zip").write_bytes(content)
    found, download = look(tmp_path / "record.zip")
    assert found == [] and download.told["client"] == str(cast.birch.id) and download.told["closed"]
    entries = list(download.entries(str(cast.birch.id)))
    assert entries[-1]["content"]["kind"] == "record.taken" and entries[-1]["content"]["actor"] == str(cast.bea.id)


def test_nothing_internal_leaves_with_it(app, cast, bea, cal, decided):
    with zipfile.ZipFile(io.BytesIO(take(bea, cast.birch))) as packed:
        everything = "".join(packed.read(name).decode() for name in packed.namelist())
    for word in (SECRET, "call.noted", "Their cousin", "internal", "Cedar"):
        assert word not in everything
    assert "Homepage" in everything and '"body"' in everything and json.dumps(str(cast.birch.id)) in everything
    assert "Homepage" not in cal.get("/record").text


def test_the_files_come_along_for_who_wants_them_and_that_is_on_record(app, cast, bea, decided, tmp_path):
    make_item(app, cast.project, "Logo", kind="files", state="sent")
    path = tmp_path / "record.zip"
    path.write_bytes(take(bea, cast.birch, files="1"))
    found, download = look(path)
    (row,) = download.rows("files")
    assert found == [] and download.read(row["path"]) == PDF
    assert '"files":true' in list(download.entries(str(cast.birch.id)))[-1]["content"]["facts"]


def test_whoever_loses_their_rights_meanwhile_gets_no_further(app, cast, bea, decided):
    make_item(app, cast.project, "Logo", kind="files", state="sent")
    by, client = as_viewer(app, cast.bea), cast.birch
    with app.test_request_context():
        open_session(SYSTEM, writes=True)
        response = send_record(client, files=True, key=signing_key(), by=by)
    act(app, lambda: db.session.execute(sa.update(Membership).where(Membership.person_id == by.person_id).values(role=Role.WATCH)))
    with app.test_request_context(), pytest.raises(BrokenOff):
        list(response.response)


def test_only_those_who_decide_take_it(app, cast, browse, ada, cal, nothing_changed):
    browsers = [browse(make_contact(app, cast.birch, f"Cleo {role}", role=role)) for role in (Role.WATCH, Role.CONTRIBUTE)]
    with nothing_changed():
        for browser in browsers:
            assert "Download the record" not in browser.get("/record").text
            take(browser, cast.birch, status=403)
        take(cal, cast.birch, status=404)


def test_who_only_looks_through_their_eyes_takes_nothing(app, cast, ada, decided, nothing_changed):
    ada.post(f"/staff/clients/{cast.birch.id}/see-as/{cast.bea.id}", {})
    with nothing_changed():
        assert "Download the record" not in ada.get("/record").text
        take(ada, cast.birch, status=403)


def test_nothing_was_decided_yet(bea, cast):
    assert "Nothing was decided yet" in bea.get("/record").text


def test_many_decisions_ask_the_database_as_often_as_few(app, cast, bea, decided, count_queries):
    with count_queries() as few:
        bea.get("/record")
    for n in range(6):
        make_item(app, cast.project, f"Page {n}", kind="approval", state="accepted")
    with count_queries() as many:
        assert "7 decisions" in bea.get("/record").text
    assert len(many) == len(few)


def test_older_decisions_stand_on_the_next_page(app, cast, bea, decided, monkeypatch):
    make_item(app, cast.project, "Menu", kind="approval", state="accepted")
    monkeypatch.setattr("portal.features.records.queries.AT_ONCE", 1)
    first = bea.get("/record")
    assert "Menu" in first.text and "Homepage" not in first.text
    older = bea.get(leads_to(first, "Earlier"))
    assert "Homepage" in older.text and "Menu" not in older.text
    bea.get(leads_to(older, "Later"))
    assert "Nothing was decided yet" in bea.get("/record?page=9").text
    assert "Menu" in bea.get(f"/record?page={10**20}").text
