"""Dates move by the rule both agreed on: once for each cause, by what the client's delay takes beyond the slack, and both read why."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from portal.kernel.clock import Calendar
from portal.kernel.record import Event, Kind
from portal.kinds import life
from portal.kinds.waiting.booking import Stretch
from portal.kinds.waiting.moving import Delay, delay_of
from portal.models.item_states import WaitingOn
from portal.models.items import Item
from portal.models.projects import Milestone
from portal.models.snapshots import Snapshot
from tests.features.agreed.test_agreement import agree
from tests.support.cast import act, as_viewer, db, make_item, make_upload, milestones_of, reading

pytestmark = pytest.mark.sqlite_only
CLIENT = WaitingOn.CLIENT
RULE = "what follows moves by as many of your working days"


@pytest.fixture
def photos(app, cast, clock):
    """Photos, due on Fri 2 Oct, that hold up Design on Thu 8 Oct: two working days of slack, and one for us."""
    clock.to(datetime(2026, 9, 28, 9, tzinfo=UTC))
    stages = milestones_of(app, cast.project)
    for stage, starts, ends in ((stages[1], date(2026, 10, 8), date(2026, 10, 23)), (stages[2], date(2026, 11, 2), None)):
        act(app, lambda id=stage.id, s=starts, e=ends: vars_of(db.session.get_one(Milestone, id), s, e))
    return make_item(app, cast.project, "Photos", holds_up_id=stages[1].id, due_on=date(2026, 10, 2))


def vars_of(stage, starts, ends):
    stage.starts_on, stage.ends_on = starts, ends


def sends(app, cast, item):
    make_upload(app, item, by=cast.bea)
    bea = as_viewer(app, cast.bea)
    act(app, lambda: life.hand_over(db.session.get_one(Item, item.id), by=bea), by=bea)


def returned(app, cast, item):
    ada = as_viewer(app, cast.ada)
    act(app, lambda: life.send_back(db.session.get_one(Item, item.id), "Larger ones, please.", by=ada), by=ada)


def starts(app, cast):
    return [one.starts_on for one in milestones_of(app, cast.project)[1:]]


def told_of(app):
    with reading(app) as session:
        moved = sa.select(Event.facts).where(Event.kind == Kind.DATES_MOVED).order_by(Event.seq)
        return [json.loads(facts) for facts in session.scalars(moved)]


def test_both_read_by_how_much_the_plan_moved_and_why(app, cast, ada, bea, photos, clock):
    agree(app, ada, bea, cast.project, dates="y", ends_on="2026-11-30", starts_on="2026-09-28")
    agreed, ours = f"/projects/{cast.project.id}/agreed", f"/staff/projects/{cast.project.id}/agreed"
    assert RULE in bea.get(agreed).text and RULE in ada.get(ours).text
    clock.to(datetime(2026, 10, 9, 9, tzinfo=UTC))
    home = f"/projects/{cast.project.id}"
    assert "If “Photos” is here by Fri 9 Oct , “Design” starts on Mon 12 Oct ." in bea.get(home).text  # both days are bold
    sends(app, cast, photos)
    assert starts(app, cast) == [date(2026, 10, 12), date(2026, 11, 4)]
    why = "“Design” and what follows moved by 2 working days: “Photos” came 5 working days after its date, 3 of them were slack."
    for browser, page in ((bea, agreed), (ada, ours), (bea, home), (ada, f"/staff/clients/{cast.birch.id}")):
        assert why in browser.get(page).text
    assert "Thu 8 Oct became Mon 12 Oct" in bea.get(agreed).text
    assert "2 working days later" in bea.get(agreed).text and "Wed 2 Dec" in bea.get(agreed).text  # the end that was agreed moves along
    assert "came later than the plan could wait" in ada.get(f"/staff/items/{photos.id}").text
    assert "“Photos” came 5 working days after its date; the plan could take 3." in ada.get("/staff/updates").text


def test_without_the_rule_nothing_moves_by_itself(app, cast, ada, bea, photos, clock):
    agree(app, ada, bea, cast.project)
    assert RULE not in bea.get(f"/projects/{cast.project.id}/agreed").text
    clock.to(datetime(2026, 10, 20, 9, tzinfo=UTC))
    sends(app, cast, photos)
    assert starts(app, cast) == [date(2026, 10, 8), date(2026, 11, 2)] and told_of(app) == []


@pytest.mark.both
def test_each_cause_moves_them_once_and_our_own_days_move_nothing(app, cast, ada, bea, photos, clock):
    agree(app, ada, bea, cast.project, dates="y")
    clock.to(datetime(2026, 10, 9, 9, tzinfo=UTC))
    sends(app, cast, photos)
    clock.to(datetime(2026, 10, 23, 9, tzinfo=UTC))  # ten working days with us
    returned(app, cast, photos)
    sends(app, cast, photos)
    assert [fact["days"] for fact in told_of(app)] == [2]
    returned(app, cast, photos)
    clock.to(datetime(2026, 10, 26, 9, tzinfo=UTC))
    sends(app, cast, photos)
    assert [fact["days"] for fact in told_of(app)] == [2, 1]
    assert starts(app, cast) == [date(2026, 10, 13), date(2026, 11, 5)]


def test_no_day_counts_on_which_the_rule_was_not_agreed_yet(app, cast, photos, clock, browse):
    clock.to(datetime(2026, 10, 14, 9, tzinfo=UTC))  # eight working days late, and nobody has agreed on anything
    agree(app, browse(cast.ada), browse(cast.bea), cast.project, dates="y")
    clock.to(datetime(2026, 10, 16, 9, tzinfo=UTC))
    sends(app, cast, photos)
    assert [(fact["days"], fact["since"]) for fact in told_of(app)] == [(2, "2026-10-14")]
    assert "Days count from Wed 14 Oct, when we agreed on this." in browse(cast.bea).get(f"/projects/{cast.project.id}/agreed").text


def test_what_comes_within_the_slack_or_can_be_missed_moves_nothing(app, cast, ada, bea, photos, clock):
    agree(app, ada, bea, cast.project, dates="y")
    extra = make_item(app, cast.project, "A poem", holds_up_id=photos.holds_up_id, due_on=date(2026, 10, 2), required=False)
    clock.to(datetime(2026, 10, 7, 9, tzinfo=UTC))
    sends(app, cast, photos)
    clock.to(datetime(2026, 10, 30, 9, tzinfo=UTC))
    sends(app, cast, extra)
    assert told_of(app) == []


def test_a_scope_without_the_rule_is_spelled_as_it_always_was(app, cast, ada, bea):
    agree(app, ada, bea, cast.project)
    with reading(app) as session:
        text = session.scalars(sa.text("SELECT snapshot FROM approval_version")).one()
    assert '"dates"' not in text and Snapshot.read(text).written() == text


@pytest.mark.parametrize(
    ("due", "delay"),
    [
        (date(2026, 10, 2), Delay(late=3, slack=2)),
        (None, Delay(late=1, slack=0)),
        (date(2026, 10, 3), Delay(late=2, slack=1)),  # a Saturday is met on Monday
        (date(2026, 10, 9), Delay(late=0, slack=0)),
    ],
)
def test_a_delay_counts_from_the_day_it_was_asked_for(due, delay):
    turns = [Stretch(CLIENT, datetime(2026, 9, 28, 9, tzinfo=UTC), datetime(2026, 10, 7, 9, tzinfo=UTC))]
    assert delay_of(turns, due=due, needed=date(2026, 10, 6), calendar=Calendar()) == delay
