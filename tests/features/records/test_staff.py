"""The record of a client for staff: the same list, and the same closed download."""

import io
import zipfile
from uuid import uuid4

from portal.kernel.record import Audience, Kind, record
from portal.kernel.viewer import SYSTEM
from tests.features.records import leads_to
from tests.support.cast import act, make_item


def test_staff_see_every_decision_and_take_the_same_record(app, cast, ada):
    make_item(app, cast.project, "Homepage", kind="approval", state="accepted")
    act(app, lambda: record(Kind.CALL_NOTED, cast.project, by=SYSTEM, audience=Audience.INTERNAL, detail={"note": "Pays late"}))
    page = ada.get(f"/staff/clients/{cast.birch.id}")
    page = ada.get(leads_to(page, "Decisions and record"))
    assert "One decision" in page.text and "Homepage" in page.text
    ada.get(leads_to(page, "Homepage"))
    content = ada.post(f"/staff/clients/{cast.birch.id}/record/zip", {}, status=200).data
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        assert not any("Pays late" in packed.read(name).decode() for name in packed.namelist())
    assert "downloaded the record" in ada.get(f"/staff/clients/{cast.birch.id}/history").text


def test_strangers_find_nothing(cast, ada, bea, nothing_changed):
    with nothing_changed():
        ada.get(f"/staff/clients/{uuid4()}/record", status=404)
        ada.post(f"/staff/clients/{uuid4()}/record/zip", {}, status=404)
        bea.get(f"/staff/clients/{cast.birch.id}/record", status=404)
