"""More pairs at once: time that ends, a seat with two people, several who all decide, and an order. Helpers and rules of the game:
tests/races/test_decisions.py."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.features.approvals import actions, deputies
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kinds.approvals.expiring import expire_item
from portal.models.approvals import ApprovalVersion, Choice, Decision
from portal.models.deputies import Deputy
from portal.models.items import Item
from tests.races.test_decisions import (
    ROUNDS,
    deciding,
    fresh_item,  # noqa: F401 - a fixture
    goes_wrong,
    people,  # noqa: F401 - a fixture
    presenting,
    race,
    story,
    taking_back,
    told,
)
from tests.support.cast import act, as_viewer, make_contact, reading

YES = Choice.APPROVED
ROUNDS_HERE = ROUNDS if ROUNDS > 100 else 5  # a thousand of each when asked for, few in the suite


def ends_in(app, version_id, milliseconds):
    """Let the time of a version end in a moment."""
    end = now() + timedelta(milliseconds=milliseconds)
    act(app, lambda: db.session.execute(sa.update(ApprovalVersion).where(ApprovalVersion.id == version_id).values(expires_at=end)))


def expiring(by):
    return by, lambda item: expire_item(item)


def turned(number, *runners):
    """The runners, every second time the other way round."""
    return runners if number % 2 else tuple(reversed(runners))


def put_right(number, came_to):
    return told(came_to if number % 2 else reversed(came_to))


def let(app, people, who, *, other, item_id):  # noqa: F811
    """Let another contact decide in somebody's place; the row's id."""

    def work():
        today = now().date()
        item = db.session.get_one(Item, item_id)
        return deputies.name_deputy(item, people[other].person_id, today + timedelta(days=1), today + timedelta(days=9), by=people[who]).id

    row_id = act(app, work, by=people[who])
    act(app, lambda: db.session.execute(sa.update(Deputy).values(begins_on=now().date() - timedelta(days=1))))
    return row_id


def not_yet(by, version_id):
    """Say that it takes two days more."""
    given = actions.Given(YES, "", version_id, "later")
    return by, lambda item: actions.not_yet(item, given, now().date() + timedelta(days=2), by=by)


@pytest.fixture
def three(app, cast, people):  # noqa: F811
    """A third contact decides."""
    people["cem"] = as_viewer(app, make_contact(app, cast.birch, "Cem Birch"))
    return people


@pytest.fixture
def ben(app, cast, people):  # noqa: F811
    """Ben may stand in."""
    people["ben"] = as_viewer(app, cast.ben)
    return people


def test_deciding_while_its_time_ends_is_in_time_or_is_not(app, people, fresh_item):  # noqa: F811
    seen = Counter()
    for number in range(ROUNDS_HERE):
        item_id, version_id = fresh_item()
        ends_in(app, version_id, random.uniform(0, 60))
        came_to = race(app, item_id, *turned(number, deciding(people["bea"], version_id, YES), expiring(people["ada"])))
        ended, words = story(app, item_id), put_right(number, came_to)
        assert (ended, words) in {
            (("accepted", 1, ("1:approved",)), ("done", "done")),
            (("preparing", 1, ()), ("refused", "done")),
            (("to_do", 1, ()), ("refused", "done")),
        }
        seen[ended[0]] += 1
        with reading(app) as session:
            times = sa.select(Decision.at, ApprovalVersion.expires_at).join(ApprovalVersion, ApprovalVersion.id == Decision.version_id)
            assert all(at <= end for at, end in session.execute(times.where(Decision.item_id == item_id)))
    assert sum(seen.values()) == ROUNDS_HERE


def test_presenting_while_its_time_ends_always_lets_the_new_one_stand(app, people, fresh_item):  # noqa: F811
    for number in range(ROUNDS_HERE):
        item_id, version_id = fresh_item()
        ends_in(app, version_id, 0)
        came_to = race(app, item_id, *turned(number, presenting(people["ada"]), expiring(people["ada"])))
        assert (story(app, item_id), told(came_to)) == (("to_do", 2, ()), ("done", "done"))


def test_taking_back_while_its_time_ends_leaves_no_answer(app, people, fresh_item):  # noqa: F811
    for number in range(ROUNDS_HERE):
        item_id, version_id = fresh_item()
        (made,) = race(app, item_id, deciding(people["bea"], version_id, YES))
        ends_in(app, version_id, 0)
        came_to = race(app, item_id, *turned(number, taking_back(people["bea"], made), expiring(people["ada"])))
        state, _, decided = story(app, item_id)
        assert told(came_to) == ("done", "done") and decided == ("1:approved taken back",) and state in ("to_do", "preparing")


def test_two_in_one_seat_make_one_answer(app, ben, fresh_item):  # noqa: F811
    for number in range(ROUNDS_HERE):
        item_id, version_id = fresh_item()
        if number == 0:
            let(app, ben, "bea", other="ben", item_id=item_id)
        came_to = race(app, item_id, *turned(number, deciding(ben["bea"], version_id, YES), deciding(ben["ben"], version_id, YES)))
        assert sorted(told(came_to)) == ["done", "refused"]
        assert story(app, item_id) == ("accepted", 1, ("1:approved",))


def test_ending_it_while_the_deputy_decides_counts_or_does_not(app, ben, fresh_item):  # noqa: F811
    for number in range(ROUNDS_HERE):
        item_id, version_id = fresh_item()
        row_id = let(app, ben, "bea", other="ben", item_id=item_id)
        revoking = ben["bea"], lambda item, row_id=row_id: deputies.end_deputy(item, row_id, by=ben["bea"])
        came_to = race(app, item_id, *turned(number, deciding(ben["ben"], version_id, YES), revoking))
        assert (story(app, item_id), put_right(number, came_to)) in {
            (("accepted", 1, ("1:approved",)), ("done", "done")),
            (("to_do", 1, ()), ("refused", "done")),
        }


def test_two_who_both_have_to_say_yes_are_both_counted(app, people, fresh_item):  # noqa: F811
    for number in range(ROUNDS_HERE):
        item_id, version_id = fresh_item(rule="all")
        came_to = race(app, item_id, *turned(number, deciding(people["bea"], version_id, YES), deciding(people["bob"], version_id, YES)))
        assert (story(app, item_id), told(came_to)) == (("accepted", 1, ("1:approved", "1:approved")), ("done", "done"))


def test_taking_back_while_the_other_says_yes_leaves_it_open(app, people, fresh_item):  # noqa: F811
    for number in range(ROUNDS_HERE):
        item_id, version_id = fresh_item(rule="all")
        (made,) = race(app, item_id, deciding(people["bea"], version_id, YES))
        came_to = race(app, item_id, *turned(number, taking_back(people["bea"], made), deciding(people["bob"], version_id, YES)))
        assert (story(app, item_id), told(came_to)) == (("to_do", 1, ("1:approved taken back", "1:approved")), ("done", "done"))


def test_in_an_order_the_second_counts_only_after_the_first(app, people, fresh_item):  # noqa: F811
    for number in range(ROUNDS_HERE):
        item_id, version_id = fresh_item(rule="order")
        came_to = race(app, item_id, *turned(number, deciding(people["bea"], version_id, YES), deciding(people["bob"], version_id, YES)))
        assert (story(app, item_id), put_right(number, came_to)) in {
            (("accepted", 1, ("1:approved", "1:approved")), ("done", "done")),
            (("to_do", 1, ("1:approved",)), ("done", "refused")),
        }


def test_the_last_of_some_seats_is_taken_once(app, three, fresh_item):  # noqa: F811
    for number in range(ROUNDS_HERE):
        item_id, version_id = fresh_item(rule="some", need=2)
        race(app, item_id, deciding(three["bea"], version_id, YES))
        came_to = race(app, item_id, *turned(number, deciding(three["bob"], version_id, YES), deciding(three["cem"], version_id, YES)))
        assert (story(app, item_id), sorted(told(came_to))) == (("accepted", 1, ("1:approved", "1:approved")), ["done", "refused"])


def test_presenting_while_the_last_of_some_says_yes_ends_in_one_of_two_histories(app, three, fresh_item):  # noqa: F811
    for number in range(ROUNDS_HERE):
        item_id, version_id = fresh_item(rule="some", need=2)
        race(app, item_id, deciding(three["bea"], version_id, YES))
        came_to = race(app, item_id, *turned(number, deciding(three["bob"], version_id, YES), presenting(three["ada"])))
        assert (story(app, item_id), put_right(number, came_to)) in {
            (("accepted", 1, ("1:approved", "1:approved")), ("done", "refused")),
            (("to_do", 2, ("1:approved",)), ("refused", "done")),
        }


def test_asking_for_time_while_deciding_never_stops_the_decision(app, people, fresh_item):  # noqa: F811
    for number in range(ROUNDS_HERE):
        item_id, version_id = fresh_item()
        asking = not_yet(people["bea"], version_id)
        came_to = race(app, item_id, *turned(number, asking, deciding(people["bob"], version_id, YES)))
        assert (story(app, item_id), put_right(number, came_to)) in {
            (("accepted", 1, ("1:approved",)), ("done", "done")),
            (("accepted", 1, ("1:approved",)), ("refused", "done")),
        }


def test_asking_for_time_while_a_newer_version_comes_is_about_neither_or_the_one_that_stood(app, people, fresh_item):  # noqa: F811
    for number in range(ROUNDS_HERE):
        item_id, version_id = fresh_item()
        came_to = race(app, item_id, *turned(number, not_yet(people["bea"], version_id), presenting(people["ada"])))
        assert story(app, item_id) == ("to_do", 2, ()) and put_right(number, came_to) in {("done", "done"), ("refused", "done")}


# --- without the lock these would go wrong ------------------------------------------------------------------------------


def test_control_two_who_both_have_to_say_yes_without_the_lock(app, people, fresh_item):  # noqa: F811
    fine = {(("accepted", 1, ("1:approved", "1:approved")), ("done", "done"))}
    wrong = 0
    for _ in range(10):
        item_id, version_id = fresh_item(rule="all")
        wrong += goes_wrong(app, item_id, deciding(people["bea"], version_id, YES), deciding(people["bob"], version_id, YES), fine=fine)
    assert wrong


def test_control_two_in_one_seat_without_the_lock(app, ben, fresh_item):  # noqa: F811
    fine = {(("accepted", 1, ("1:approved",)), ("done", "refused")), (("accepted", 1, ("1:approved",)), ("refused", "done"))}
    wrong = 0
    for number in range(10):
        item_id, version_id = fresh_item()
        if number == 0:
            let(app, ben, "bea", other="ben", item_id=item_id)
        wrong += goes_wrong(app, item_id, deciding(ben["bea"], version_id, YES), deciding(ben["ben"], version_id, YES), fine=fine)
    assert wrong


def test_control_the_last_of_some_seats_without_the_lock(app, three, fresh_item):  # noqa: F811
    yes, wrong = ("accepted", 1, ("1:approved", "1:approved")), 0
    for _ in range(10):
        item_id, version_id = fresh_item(rule="some", need=2)
        race(app, item_id, deciding(three["bea"], version_id, YES))
        runners = deciding(three["bob"], version_id, YES), deciding(three["cem"], version_id, YES)
        wrong += goes_wrong(app, item_id, *runners, fine={(yes, ("done", "refused")), (yes, ("refused", "done"))})
    assert wrong
