"""What suits you: the three answers to the last reminder, each with one press; opening the page changes nothing."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.edges.queue import remind
from portal.kernel.db import db
from portal.kernel.outbox import Outbox, Stand
from portal.models.calls import Call
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Project
from portal.models.snags import Snag
from tests.support.cast import act, fresh, make_item, reading

NINE = datetime(2026, 9, 21, 7, tzinfo=UTC)  # a Monday, nine in Berlin


@pytest.fixture
def page(app, cast, clock):
    """Two things that were due four working days ago, and the address of the answers."""
    clock.to(NINE - timedelta(days=14))
    act(app, lambda: [setattr(db.session.get_one(Person, who.id), "zone", "Europe/Berlin") for who in (cast.bea, cast.ben)])
    for title in ("Your logo", "Your photos"):
        make_item(app, cast.project, title, due_on=(NINE - timedelta(days=6)).date())
    act(app, lambda: db.session.execute(sa.update(Outbox).values(state=Stand.SENT, dedupe=None)))
    clock.to(NINE)
    return f"/projects/{cast.project.id}/what-suits-you"


def test_the_last_letter_leads_to_a_page_of_three_answers(app, cast, page, browse, send_mail, nothing_changed):
    remind(app)
    mail = next(mail for mail in send_mail() if mail.to == cast.bea.email_typed)
    assert page in mail.text and "Please call me" in mail.html and "We pause for now" in mail.html
    bea, cal = browse(cast.bea), browse(cast.cal)
    with nothing_changed():
        said = bea.get(page).text
        cal.get(page, 404)
        cal.post(page, {"answer": "pause"}, 404)
    assert "Wed 23 Sept" in said and "Your logo" in said and "Please call me" in said


def test_a_day_counts_for_everything_that_waits(app, cast, page, bea, nothing_changed):
    with nothing_changed():
        assert "Please choose one of these answers." in bea.post(page, {"answer": "2026-09-17"}, follow=True).text
    bea.post(page, {"answer": "2026-09-28"})
    with reading(app) as session:
        days = {item.promised_on for item in session.scalars(sa.select(Item).where(Item.project_id == cast.project.id))}
    assert days == {datetime(2026, 9, 28).date()}


def test_a_call_and_a_pause_are_told_and_a_pause_stops_what_goes_out(app, cast, page, bea, ada, clock, send_mail):
    phone = fresh(app, cast.bea).phone
    act(app, lambda: setattr(db.session.get_one(Person, cast.bea.id), "phone", ""))
    bea.post(page, {"answer": "call"}, follow=True)
    assert 'name="phone"' in bea.page.html
    act(app, lambda: setattr(db.session.get_one(Person, cast.bea.id), "phone", phone or "+49 30 5550142"))
    assert "We call you" in bea.post(page, {"answer": "call"}, follow=True).text
    assert "asked for a call already" in bea.post(page, {"answer": "call"}, follow=True).text
    assert not fresh(app, cast.project).reminders_off
    assert "Nothing reminds you" in bea.post(page, {"answer": "pause"}, follow=True).text
    with reading(app) as session:
        (call,) = session.scalars(sa.select(Call))
        assert (call.about, call.slots, call.person_id, call.item_id is not None) == ("Please call me.", [], cast.bea.id, True)
        assert [snag.words for snag in session.scalars(sa.select(Snag)) if snag.words] == ["We pause for now."]
        assert session.get_one(Project, cast.project.id).reminders_off
    assert "Nothing waits for you here" in bea.post(page, {"answer": "pause"}, follow=True).text
    assert "Any time suits" in ada.get(f"/staff/calls/{call.id}").text and "waits to be called" in ada.get("/staff/").text
    assert "Any time suits" in next(mail.text for mail in send_mail() if mail.subject.endswith("asks for a call"))
    clock.advance(hours=5)
    remind(app)
    assert [mail for mail in send_mail() if mail.to == cast.bea.email_typed] == []
