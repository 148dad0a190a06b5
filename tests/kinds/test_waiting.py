"""Every working day of an item is somebody's: the client's, ours, or nobody's while it rests."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from portal.kernel import clock
from portal.kernel.clock import Calendar
from portal.kinds.waiting.booking import Days, Stretch, book, shared
from portal.models.item_states import WaitingOn

CLIENT, FIRM, NOBODY = WaitingOn.CLIENT, WaitingOn.FIRM, WaitingOn.NOBODY
ZONES = ("UTC", "Europe/Berlin", "America/Santiago", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe", "Africa/Cairo")
WEEKS = ((0, 1, 2, 3, 4), (6, 0, 1, 2, 3), (0, 1, 2, 3), (0, 1, 2, 3, 4, 5, 6), ())
NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
calendars = st.builds(
    Calendar,
    st.sampled_from(ZONES),
    st.sampled_from(WEEKS),
    st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=12),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Stretch]:
    """Turns that follow each other without a gap, over weeks in which the clocks change; the last may still last."""
    hours = sorted(draw(st.lists(st.integers(0, 24 * 300), min_size=2, max_size=12)))
    moments = [datetime(2026, 1, 20, tzinfo=UTC) + timedelta(hours=n) for n in hours]
    turns = [Stretch(draw(st.sampled_from((CLIENT, FIRM, NOBODY))), began, ended) for began, ended in pairwise(moments)]
    return [*turns, Stretch(draw(st.sampled_from((CLIENT, FIRM, NOBODY))), moments[-1], None)]


def turns(*told: tuple[WaitingOn, int]) -> list[Stretch]:
    """Turns that began at noon on these days of November 2026."""
    days = [datetime(2026, 11, day, 12, tzinfo=UTC) for _side, day in told]
    return [Stretch(side, began, ended) for (side, _day), began, ended in zip(told, days, [*days[1:], None], strict=True)]


@given(histories(), calendars)
def test_the_days_of_both_sides_add_up_to_the_working_days_between_asked_and_done(history, calendar):
    with clock.stopped(NOW):
        booked = book(history, calendar)
    held = [turn for turn in history if turn.side is not NOBODY]
    assert (booked is None) == (not held)
    if booked:
        asked, done = calendar.day_of(held[0].began_at), calendar.day_of(held[-1].ended_at or NOW)
        days = sum(calendar.works_on(asked + timedelta(days=n)) for n in range(1, (done - asked).days + 1))
        assert booked.days.client + booked.days.firm + booked.days.rest == days
        assert min(booked.days.client, booked.days.firm, booked.days.rest) >= 0
        assert (booked.first, booked.last, booked.is_open) == (asked, done, held[-1].ended_at is None)


@given(histories(), calendars)
def test_a_project_of_one_thing_waited_as_long_as_that_thing(history, calendar):
    with clock.stopped(NOW):
        booked = book(history, calendar)
        if booked:
            alone = shared([booked], calendar)
            twice = shared([booked, booked], calendar)
            assert alone == twice
            assert (alone.client, alone.firm) == (booked.days.client, booked.days.firm)


def test_a_day_is_theirs_who_had_it_in_the_morning():
    with clock.stopped(NOW):  # asked Mon 2, sent Thu 5, returned Fri 6, sent Tue 10, accepted Wed 11
        booked = book(turns((NOBODY, 1), (CLIENT, 2), (FIRM, 5), (CLIENT, 6), (FIRM, 10), (NOBODY, 11)), Calendar())
    assert booked.days == Days(client=3 + 2, firm=1 + 1)
    assert (booked.first, booked.last, booked.is_open) == (date(2026, 11, 2), date(2026, 11, 11), False)


def test_a_pause_is_booked_to_nobody_and_what_is_open_counts_until_today():
    with clock.stopped(NOW):  # paused from Wed 4 until Mon 9, still open on Fri 20
        booked = book(turns((CLIENT, 2), (NOBODY, 4), (CLIENT, 9)), Calendar())
    assert booked.days == Days(client=2 + 9, rest=3)
    assert booked.is_open


def test_what_goes_to_and_fro_within_a_day_costs_nobody_a_day():
    with clock.stopped(NOW):
        assert book(turns((FIRM, 3), (CLIENT, 3), (FIRM, 3), (NOBODY, 3)), Calendar()).days == Days()
