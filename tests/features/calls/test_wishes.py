"""How somebody wants to be called: said by them or noted by us, shown beside every number, and a warning outside their hours."""

from __future__ import annotations

from datetime import UTC, datetime

HOURS = {"phone": "+49 30 555", "calls": "hours", "start": "09:00", "end": "17:00", "zone": "Europe/Berlin", "language": "de"}
TEN, LATE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC), datetime(2026, 3, 2, 20, 40, tzinfo=UTC)


def test_who_calls_at_another_time_is_warned_first(app, cast, bea, ada, clock):
    bea.post("/me/calls", HOURS, follow=True)
    assert "Calls between 09:00 and 17:00 (Berlin), in Deutsch" in bea.page.text
    client, call = f"/staff/clients/{cast.birch.id}", f"/staff/projects/{cast.project.id}/call"
    clock.to(LATE)
    for url in (client, call):
        page = ada.get(url)
        assert "It is 21:40 for Bea, who asked for 09:00 to 17:00." in page.text and "Call all the same" in page.text
    assert "Set by Bea." in ada.get(f"{client}/people/{cast.bea.id}").text
    clock.to(TEN)
    page = ada.get(call)
    assert "It is" not in page.text and "tel:+4930555" in page.links


def test_we_note_what_they_told_us(app, cast, bea, ada):
    here = f"/staff/clients/{cast.birch.id}/people/{cast.bea.id}"
    ada.post(f"{here}/calls", HOURS | {"calls": "bad_news"})
    assert "Calls only if something goes wrong" in ada.get(here).text and "Set by" not in ada.page.text
    assert "Bea asked to be called only if something goes wrong." in ada.get(f"/staff/clients/{cast.birch.id}").text
    bea.post("/me/calls", HOURS | {"calls": "never"})
    assert "No calls, please write" in ada.get(here).text


def test_what_cannot_be_is_refused_and_a_stranger_notes_nothing(app, cast, bea, ada, nothing_changed):
    with nothing_changed():
        bea.refused("/me/calls", HOURS | {"end": "09:00"}, says="The hours begin and end at the same time.", status=422)
        bea.refused("/me/calls", HOURS | {"start": "soon"}, says="Not a valid time", status=422)
        ada.get(f"/staff/clients/{cast.birch.id}/people/{cast.cal.id}/calls", 404)
        bea.post(f"/staff/clients/{cast.birch.id}/people/{cast.bea.id}/calls", HOURS, 404)
