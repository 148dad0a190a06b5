"""Please call me: three times, one of us takes one, it goes into the calendar, and what was said is confirmed or corrected."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from icalendar import Calendar

from portal.kernel.viewer import Role
from portal.models.calls import Call, CallSummary
from tests.support.cast import fresh, make_contact, make_item, reading

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
INSIDE, SAID = "She sounded worried about the price.", "You send the photos by Friday."


@pytest.fixture
def item(app, cast, clock):
    clock.to(NOW)
    return make_item(app, cast.project, "Your photos")


def wish(**more):
    typed = (NOW + timedelta(days=n) for n in (1, 2, 3))
    slots = {f"slot_{n}": f"{slot:%Y-%m-%dT10:00}" for n, slot in enumerate(typed, 1)}
    return {"about": "Which photos?", "phone": "+49 30 555", **slots, **more}


def ask(app, cast, bea, item):
    bea.post(f"/projects/{cast.project.id}/calls?item={item.id}", wish())
    with reading(app) as session:
        return session.scalars(sa.select(Call)).one()


def test_from_please_call_me_to_what_was_said(app, cast, bea, ada, item, send_mail, clock):
    assert f"/projects/{cast.project.id}/calls?item={item.id}" in bea.get(f"/items/{item.id}/files").links
    call = ask(app, cast, bea, item)
    assert [f"{slot:%d %H:%M}" for slot in call.times] == ["03 09:00", "04 09:00", "05 09:00"]  # ten where Bea is
    assert fresh(app, item).waiting_on.value == "firm" and "We choose one and write." in bea.follow().text
    mail = next(mail for mail in send_mail() if mail.to == cast.ada.email_typed)
    assert "Which photos?" in mail.text and mail.path == f"/staff/calls/{call.id}"
    assert "waits for you to choose a time" in ada.get("/staff/").text
    ada.post(f"/staff/calls/{call.id}/fix", {"slot": call.slots[1]}, follow=True)
    assert "Ada Voss calls on" in ada.page.text
    mail = next(mail for mail in send_mail() if mail.to == cast.bea.email_typed)
    assert mail.path.startswith(f"/calls/{call.id}/call.ics")
    (event,) = Calendar.from_ical(bea.get(f"/calls/{call.id}/call.ics").data).walk("VEVENT")
    assert (event.start, str(event["summary"])) == (call.times[1], "Call with Ada Voss, Halden")
    ada.post(f"/staff/calls/{call.id}/fix", {"slot": call.slots[2]})
    (again,) = Calendar.from_ical(ada.get(f"/staff/calls/{call.id}/call.ics").data).walk("VEVENT")
    assert again["uid"] == event["uid"] and (event["sequence"], again["sequence"]) == (0, 1)
    clock.to(call.times[2])
    ada.post(f"/staff/calls/{call.id}/note", {"summary": SAID, "note": INSIDE})
    assert (fresh(app, call).outcome.value, fresh(app, item).waiting_on.value) == ("held", "client")
    mail = next(mail for mail in send_mail() if mail.to == cast.bea.email_typed and SAID in mail.text)
    assert INSIDE not in mail.text + bea.get(mail.path).text
    bea.post(mail.path.partition("?")[0], {"act": "correct", "words": "By Monday."}, follow=True)
    assert "By Monday." in bea.page.text
    assert any("By Monday." in mail.text for mail in send_mail() if mail.to == cast.ada.email_typed)
    assert "By Monday." in ada.get(f"/staff/projects/{cast.project.id}/calls").text


def test_a_summary_is_confirmed_once_and_by_whoever_was_called(app, cast, bea, ben, ada, item, nothing_changed):
    ada.post(f"/staff/projects/{cast.project.id}/call", {"summary": SAID, "note": INSIDE, "with_id": cast.bea.id})
    with reading(app) as session:
        here = f"/calls/summaries/{session.scalars(sa.select(CallSummary.id)).one()}"
    with nothing_changed():
        ben.post(here, {"act": "right"}, 403)
        bea.refused(here, {"act": "correct", "words": ""}, says="Write what was different.", status=422)
    bea.post(here, {"act": "right"}, follow=True)
    assert "Bea Birch confirmed it on" in bea.page.text
    with nothing_changed():
        bea.refused(here, {"act": "right"}, says="This has been answered already.")


def test_no_call_is_answered_in_words_and_a_wish_is_taken_back(app, cast, bea, ada, item, send_mail):
    call = ask(app, cast, bea, item)
    ada.post(f"/staff/calls/{call.id}/decline", {"answer": "All of them, please."})
    assert fresh(app, item).waiting_on.value == "client"
    assert any("All of them, please." in mail.text for mail in send_mail() if mail.to == cast.bea.email_typed)
    bea.post(f"/projects/{cast.project.id}/calls", wish())
    with reading(app) as session:
        second = session.scalars(sa.select(Call).where(Call.ended_at.is_(None))).one()
    bea.post(f"/calls/{second.id}/withdraw")
    assert fresh(app, second).outcome.value == "withdrawn"


def test_an_item_waits_for_us_as_long_as_one_thing_is_open(app, cast, bea, ada, item):
    bea.post(f"/items/{item.id}/in-the-way", {"words": "Rain."})
    call = ask(app, cast, bea, item)
    ada.post(f"/staff/items/{item.id}/in-the-way", {"words": "We talk about it."})
    assert fresh(app, item).waiting_on.value == "firm"
    bea.post(f"/calls/{call.id}/withdraw")
    assert fresh(app, item).waiting_on.value == "client"


def test_what_cannot_be_is_refused_with_the_words_kept(app, cast, bea, ada, item, nothing_changed):
    here = f"/projects/{cast.project.id}/calls"
    with nothing_changed():
        bea.refused(here, wish(slot_1="2026-03-01T10:00"), says="Propose times that lie ahead.", status=422)
        bea.refused(here, wish(slot_1="0001-01-01T00:00"), says="Choose a day between 2000 and 2099.", status=422)
        bea.refused(here, wish(slot_1="", slot_2="", slot_3=""), says="Propose at least one time.", status=422)
        bea.refused(here, wish(phone=""), says="Write the number we can call.", status=422)
    call = ask(app, cast, bea, item)
    with nothing_changed():
        bea.refused(here, wish(), says="You have asked for a call already.")
        assert "Choose one of the times" in ada.post(f"/staff/calls/{call.id}/fix", {"slot": "2026-03-09T10:00:00+00:00"}, 422).text
        ada.refused(f"/staff/calls/{call.id}/note", {}, says="Write one sentence", status=422)
        bea.get(f"/calls/{call.id}/call.ics", 404)


def test_strangers_find_no_call_and_guests_only_their_own(app, cast, bea, cal, browse, item, nothing_changed):
    call = ask(app, cast, bea, item)
    guest = make_contact(app, cast.birch, "Gus", role=Role.GUEST)
    others = (cal, browse(guest))
    with nothing_changed():
        for who in others:
            who.get(f"/calls/{call.id}/call.ics", 404)
            who.post(f"/calls/{call.id}/withdraw", status=404)
        cal.get(f"/projects/{cast.project.id}/calls", 404)
