"""More than yes and no: a yes with a note, a day instead of an answer, rounds that run out, and a time that ends."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from portal.kernel.clock import now
from portal.kernel.record import Event, EventDetail, Kind
from tests.features.approvals.test_client import answer, decisions, present_again, session_item
from tests.support.cast import act, fresh, make_item, reading


@pytest.fixture
def item(app, cast):
    return make_item(app, cast.project, "Homepage design", kind="approval")


@pytest.fixture
def page(item):
    return f"/items/{item.id}/decision"


def day(days):
    return (now() + timedelta(days=days)).astimezone(ZoneInfo("Europe/Berlin")).date().isoformat()


def test_a_note_lands_with_staff_and_reopens_nothing(app, bea, ada, item, page, send_mail, nothing_changed):
    opened = bea.get(page)
    with nothing_changed():
        assert "Write your note, or choose the yes without one." in bea.post(page, answer(opened, "noted"), 422).text
    bea.post(page, answer(opened, "noted", "Please spell it Müller"), follow=True)
    assert "is approved" in bea.page.h1
    assert fresh(app, item).state.value == "accepted"
    shown = ada.get(f"/staff/items/{item.id}").text
    assert "Approved, with a note" in shown and "Please spell it Müller" in shown
    news = next(mail for mail in send_mail() if mail.to == "ada@halden.example")
    assert news.subject.startswith("Approved: ") and "> Please spell it Müller" in news.text


def test_a_day_is_no_answer_and_moves_what_is_expected(app, bea, ada, item, page, nothing_changed):
    opened = bea.get(page)
    with nothing_changed():
        assert "Name the day by which you can decide." in bea.post(page, answer(opened, "later"), 422).text
        assert "Choose today or a later day." in bea.post(page, answer(opened, "later", later_on=day(-2)), 422).text
    bea.post(page, answer(opened, "later", "I ask my partner", later_on=day(5)), follow=True)
    assert "Noted. We plan with that day." in bea.page.text
    after = fresh(app, item)
    assert (after.state.value, after.promised_on.isoformat(), decisions(app, item)) == ("to_do", day(5), [])
    assert "I ask my partner" in ada.get(f"/staff/items/{item.id}").text
    with reading(app) as session:
        event = session.scalars(sa.select(Event).where(Event.kind == Kind.ITEM_PROMISED.value)).one()
        assert "partner" not in event.facts
        same = (EventDetail.chain_id == event.chain_id, EventDetail.seq == event.seq)
        assert "partner" in session.scalars(sa.select(EventDetail.data).where(*same)).one()


def test_a_day_needs_the_version_that_stands(app, cast, bea, ben, item, page, nothing_changed):
    opened = bea.get(page)
    present_again(app, cast, item)
    with nothing_changed():
        assert "There is a version 2 now." in bea.post(page, answer(opened, "later", later_on=day(5)), 409).text
        ben.post(page, answer(opened, "later", later_on=day(5)), 403)


def test_rounds_run_out_and_both_sides_know_before(app, cast, bea, ada, send_mail):
    item = make_item(app, cast.project, "Homepage design", kind="approval", spec={"rounds": 1})
    page = f"/items/{item.id}/decision"
    opened = bea.get(page)
    assert "0 of 1 agreed round of changes used." in opened.text and "change request" not in opened.text
    act(app, lambda: setattr(session_item(item), "spec", {"rounds": 0}))  # what was frozen with version 1 counts for it
    assert "0 of 1 agreed round" in bea.get(page).text
    bea.post(page, answer(opened, "changes", "Warmer"))
    act(app, lambda: setattr(session_item(item), "spec", {"rounds": 1}))
    assert "1 of 1 agreed round of changes used. The client reads that one more is a change request." in present_page(ada, item)
    present_again(app, cast, item)
    opened = bea.get(page)
    assert "This becomes a change request: we tell you first what it costs." in opened.text
    send_mail()
    bea.post(page, answer(opened, "changes", "Colder"), follow=True)
    assert "this needs a change request" in bea.page.text and "We change it and show" not in bea.page.text
    assert [made.beyond for made in decisions(app, item)] == [False, True]
    assert "Needs a change request" in ada.get(f"/staff/items/{item.id}").text
    assert all("needs a change request" in mail.words and "send you version" not in mail.words for mail in send_mail())


def present_page(ada, item):
    return ada.get(f"/staff/items/{item.id}/present").text


def test_a_round_that_was_taken_back_is_not_used(app, cast, bea):
    item = make_item(app, cast.project, "Homepage design", kind="approval", spec={"rounds": 1})
    page = f"/items/{item.id}/decision"
    bea.post(page, answer(bea.get(page), "changes", "Warmer"))
    bea.post(f"{page}/take-back", {"decision": decisions(app, item)[0].id})
    again = bea.get(page)
    assert "0 of 1 agreed round" in again.text and "What you wrote in the answer you took back Warmer" in again.text


@pytest.fixture
def ending(app, cast, ada):
    """An approval that can be decided until 12 o'clock in two days."""
    item = make_item(app, cast.project, "Offer", kind="approval", state="preparing")
    ada.post(f"/staff/items/{item.id}/present", {"text": "Our offer", "until_on": day(2), "until_at": "12:00", "act": "publish"})
    return item


def test_when_its_time_is_over_no_answer_is_taken(app, cast, bea, ada, ending, clock, do_chores, send_mail, nothing_changed):
    page = f"/items/{ending.id}/decision"
    clock.advance(seconds=1)
    (asked,) = send_mail()
    assert asked.subject == "Offer is ready for you" and "Please decide by" in asked.words
    opened = bea.get(page)
    assert "to be decided by" in opened.text and fresh(app, ending).due_on.isoformat() == day(2)
    clock.advance(days=3)
    with nothing_changed():
        refused = bea.post(page, answer(opened, "approved"), 409)
        bea.post(page, answer(opened, "later", later_on=day(5)), 409)
    assert "The time to decide on version 1 is over." in refused.text
    assert "The time to decide is over" in refused.text and not refused.soup.find("input", {"name": "choice"})
    do_chores()
    assert fresh(app, ending).state.value == "preparing"
    (mail,) = send_mail()
    assert (mail.to, mail.subject) == ("ada@halden.example", "Not decided in time: Offer")
    ada.sign_in(cast.ada)
    assert "The time to decide on version 1 of" in ada.get(f"/staff/items/{ending.id}").text
    ada.post(f"/staff/items/{ending.id}/present", {"text": "Our offer", "changed": "A new date", "act": "publish"})
    assert bea.get(page).soup.find("input", {"name": "choice"}) and fresh(app, ending).due_on is None


def test_the_day_it_ends_stands_on_the_home_and_what_comes_without_one_stands_below(app, cast, bea, ending):
    make_item(app, cast.project, "Logo", position=-1)
    page = f"/items/{ending.id}/decision"
    first, second = (row.get_text(" ", strip=True) for row in bea.get("/").soup.select(".task")[:2])
    assert "Offer" in first and " by " in first and "Logo" in second
    bea.post(page, answer(bea.get(page), "later", later_on=day(1)))
    told = bea.get(page).text
    assert "you wanted to decide by" in told and "at the latest by" in told and "to be decided by" not in told


def test_in_time_it_counts_and_nothing_ends_later(app, bea, ending, clock, do_chores):
    page = f"/items/{ending.id}/decision"
    bea.post(page, answer(bea.get(page), "approved"))
    clock.advance(days=3)
    do_chores()
    assert fresh(app, ending).state.value == "accepted"


def test_a_moment_that_is_over_cannot_be_named(cast, app, ada, nothing_changed):
    item = make_item(app, cast.project, kind="approval", state="preparing")
    place = f"/staff/items/{item.id}/present"
    with nothing_changed():
        ada.refused(place, {"text": "One", "until_on": day(-1), "act": "publish"}, says="This moment is over already.", status=422)
        ada.refused(place, {"text": "One", "until_at": "12:00", "act": "publish"}, says="Name the day too", status=422)
