"""What every item offers besides its own page: where it is dealt with, the receipt, taking back, and the ways out."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.kernel.scope import find
from portal.kinds import life
from portal.models.items import Item
from portal.models.turns import Turn
from tests.support.cast import act, as_viewer, fresh, make_item, reading


@pytest.mark.parametrize(
    ("kind", "state", "place"),
    [("files", "to_do", "files"), ("files", "sent", "sent"), ("questionnaire", "to_do", "questions"), ("approval", "to_do", "decision")],
)
def test_a_link_from_a_mail_leads_to_where_the_item_is_dealt_with(app, cast, bea, kind, state, place):
    item = make_item(app, cast.project, kind=kind, state=state)
    assert bea.get(f"/items/{item.id}", 303).location == f"/items/{item.id}/{place}"


def test_a_link_opened_elsewhere_leads_back_to_the_item_after_signing_in(app, cast, nobody):
    item = make_item(app, cast.project)
    assert nobody.get(f"/items/{item.id}", 303).location == f"/login?next=/items/{item.id}"


def test_the_sent_page_says_who_looks_at_it_and_what_is_next(app, cast, bea):
    item = make_item(app, cast.project, "Your logo", state="sent")
    following = make_item(app, cast.project, "Opening hours")
    page = bea.get(f"/items/{item.id}/sent")
    assert page.h1 == "Thank you, “Your logo” is with us"
    assert "Ada looks at it within one working day: by" in page.text
    assert "Next: Opening hours" in page.text
    assert f"/items/{following.id}/files" in page.links


def test_after_the_last_thing_we_say_so(app, cast, bea):
    item = make_item(app, cast.project, state="sent")
    assert "That was everything. Thank you!" in bea.get(f"/items/{item.id}/sent").text


def test_we_thank_on_the_day_only_and_say_later_that_we_are_checking(app, cast, bea, clock):
    item = make_item(app, cast.project, "Your logo", state="sent")
    sent_on = fresh(app, item).state_since
    clock.advance(days=3)
    page = bea.get(f"/items/{item.id}/sent")
    assert page.h1 == "Your logo"
    assert "We are checking it. You sent it on" in page.text and str(sent_on.day) in page.text
    assert "Thank you" not in page.text


def test_what_was_sent_can_be_taken_back_and_sent_again(app, cast, bea):
    item = make_item(app, cast.project, state="sent")
    bea.post(f"/items/{item.id}/take-back", follow=True)
    assert fresh(app, item).state.value == "started"
    bea.post(f"/items/{item.id}/files", {"note": "It is the largest we have.", "act": "send"})
    assert fresh(app, item).round == 2


def test_what_was_judged_cannot_be_taken_back(app, cast, bea, nothing_changed):
    item = make_item(app, cast.project, state="accepted")
    with nothing_changed():
        page = bea.post(f"/items/{item.id}/take-back", follow=True)
    assert "We have looked at this already" in page.text


def test_saying_that_there_is_nothing_needs_a_sentence(app, cast, bea, nothing_changed):
    item = make_item(app, cast.project)
    with nothing_changed():
        bea.refused(f"/items/{item.id}/cannot", {"reason": "   "}, says="Tell us in one sentence why", status=422)
    bea.post(f"/items/{item.id}/cannot", {"reason": "We never had a logo."})
    after = fresh(app, item)
    assert (after.state.value, after.waiting_on.value, after.reason) == ("not_available", "firm", "We never had a logo.")


def test_a_day_can_be_promised_but_not_one_that_is_past(app, cast, bea, nothing_changed):
    item = make_item(app, cast.project)
    today = cast.birch.calendar.today()
    with nothing_changed():
        bea.refused(f"/items/{item.id}/promise", {"promised_on": str(today - timedelta(days=1))}, says="Choose today or a later day.")
        bea.post(f"/items/{item.id}/promise", {"promised_on": "soon"}, 422)
    bea.post(f"/items/{item.id}/promise", {"promised_on": str(today + timedelta(days=5))})
    assert fresh(app, item).promised_on == today + timedelta(days=5)


def test_a_stranger_finds_nothing_and_changes_nothing(app, cast, cal, nothing_changed):
    item = make_item(app, cast.project, state="sent")
    waiting = make_item(app, cast.project)
    with nothing_changed():
        for url in (f"/items/{item.id}", f"/items/{item.id}/sent", f"/items/{waiting.id}/cannot", f"/items/{waiting.id}/promise"):
            cal.get(url, 404)
        cal.post(f"/items/{item.id}/take-back", status=404)
        cal.post(f"/items/{waiting.id}/cannot", {"reason": "No."}, 404)
        cal.post(f"/items/{waiting.id}/promise", {"promised_on": "2030-01-01"}, 404)


def test_every_stretch_of_waiting_is_kept(app, cast, bea):
    item = make_item(app, cast.project, state="sent")
    ada = as_viewer(app, cast.ada)
    act(app, lambda: life.send_back(find(Item, item.id), "Could you send a larger one?", by=ada), by=ada)
    bea.post(f"/items/{item.id}/files", {"note": "It is the largest we have.", "act": "send"})
    with reading(app) as session:
        turns = list(session.scalars(sa.select(Turn).where(Turn.item_id == item.id).order_by(Turn.n)))
    assert [(t.side.value, t.state.value) for t in turns if t.side.value != "nobody"] == [
        ("client", "to_do"),
        ("client", "started"),
        ("firm", "sent"),
        ("client", "returned"),
        ("firm", "sent"),
    ]
    assert [t.ended_at is None for t in turns] == [False] * (len(turns) - 1) + [True]
