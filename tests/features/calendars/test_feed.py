"""One's dates under a secret address: the right ones, nothing internal, and it ends with the address or one's access."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from icalendar import Calendar

from portal.kernel.db import db
from portal.kinds.calls import asking, noting
from portal.models.calls import Call
from portal.models.clients import Membership
from portal.models.projects import Project
from tests.support.cast import act, as_viewer, fresh, make_item

NOW, DUE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC), date(2026, 3, 9)
SECRET = "Pays late."


@pytest.fixture
def filled(app, cast, clock):
    """An item with a day at Birch and at Cedar, a draft, a call with a time, and a note that stays inside."""
    clock.to(NOW)
    bea, ada = as_viewer(app, cast.bea), as_viewer(app, cast.ada)
    slot = NOW + timedelta(days=1)
    wish = asking.Wish("About the quarrel", [slot], "+49 30 1")
    call = act(app, lambda: asking.ask(db.session.get_one(Project, cast.project.id), wish, by=bea), by=bea)
    act(app, lambda: asking.fix(db.session.get_one(Call, call.id), slot, by=ada), by=ada)
    act(app, lambda: noting.note(db.session.get_one(Project, cast.project.id), SECRET, by=ada), by=ada)
    make_item(app, cast.cedar_project, "Floor plan", due_on=DUE)
    make_item(app, cast.project, "Unsaid", state="draft", due_on=DUE)
    return make_item(app, cast.project, "Your logo", due_on=DUE)


def address(who, url):
    who.post(f"{url}/calendar", follow=True)
    return who.page.soup.select_one("#feed-address")["value"]


def read(nobody, url):
    page = nobody.get(url)
    return page.data.decode(), {str(event["summary"]): event for event in Calendar.from_ical(page.data).walk("VEVENT")}


def test_a_contact_has_their_dates_in_the_calendar_they_use(app, cast, bea, nobody, filled, clock):
    url = address(bea, "/me")
    text, found = read(nobody, url)
    title = f"{cast.project.name}: Your logo"
    assert found[title]["dtstart"].dt == DUE and str(found[title]["url"]).endswith(f"/items/{filled.id}")
    assert "Call with Ada Voss, Halden" in found
    for word in ("Floor plan", "Unsaid", SECRET, "quarrel"):
        assert word not in text
    bea.post(f"/items/{filled.id}/promise", {"promised_on": "2026-03-12"})
    _, moved = read(nobody, url)
    assert (moved[title]["uid"], moved[title]["dtstart"].dt) == (found[title]["uid"], date(2026, 3, 12))


def test_staff_have_the_dates_of_what_they_lead(app, cast, ada, abe, nobody, filled):
    text, found = read(nobody, address(ada, "/staff/me"))
    assert f"{cast.birch.name}: Your logo" in found and "Call with Bea Birch" in found and SECRET not in text
    assert not read(nobody, address(abe, "/staff/me"))[1]


def test_an_address_ends_by_hand_with_a_new_one_and_with_access(app, cast, bea, browse, nobody, filled):
    first = address(bea, "/me")
    second = address(bea, "/me")
    nobody.get(first, 404)
    nobody.get(second)
    nobody.get(second[:-10] + ("A" if second[-10] != "A" else "B") + second[-9:], 404)
    bea.post("/me/calendar/end")
    nobody.get(second, 404)
    third = address(bea, "/me")
    ended = (cast.birch.id, cast.bea.id)
    act(app, lambda: setattr(db.session.get_one(Membership, ended), "ended_at", NOW))
    nobody.get(third, 404)


def test_whoever_looks_through_other_eyes_sees_no_address(app, cast, bea, ada, filled):
    address(bea, "/me")
    ada.post(f"/staff/clients/{cast.birch.id}/see-as/{cast.bea.id}")
    assert "feed-address" not in str(ada.get("/me").soup)
    assert isinstance(fresh(app, cast.bea).feed_id, UUID)
