"""Days as clients count them, and secrets that are derived and never kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel import clock, keys
from portal.kernel.clock import Calendar
from tests.support.house import SECRET

FRIDAY, MONDAY = date(2026, 9, 18), date(2026, 9, 21)


@pytest.fixture(autouse=True)
def _known_secret():
    keys.use(SECRET)


class TestCalendar:
    @pytest.mark.parametrize(
        ("day", "step", "lands"), [(FRIDAY, 1, MONDAY), (FRIDAY, 0, FRIDAY), (MONDAY, -1, FRIDAY), (FRIDAY, 6, date(2026, 9, 28))]
    )
    def test_shifting_passes_over_the_weekend(self, day, step, lands):
        assert Calendar().shift(day, step) == lands

    def test_holidays_are_no_working_days(self):
        assert Calendar(holidays=frozenset({MONDAY})).shift(FRIDAY, 1) == date(2026, 9, 22)

    def test_other_weeks_are_worked_elsewhere(self):
        assert Calendar(working_days=(6, 0, 1, 2, 3)).shift(date(2026, 9, 17), 1) == date(2026, 9, 20)

    def test_a_calendar_without_working_days_ends_all_the_same(self):
        assert Calendar(working_days=()).shift(FRIDAY, 2) == date(2026, 9, 20)

    @pytest.mark.parametrize(("zone", "day"), [("UTC", 18), ("Asia/Tokyo", 19), ("America/Los_Angeles", 18)])
    def test_today_is_where_the_client_is(self, zone, day):
        with clock.stopped(datetime(2026, 9, 18, 23, 30, tzinfo=UTC)):
            assert Calendar(zone).today() == date(2026, 9, day)

    @pytest.mark.parametrize(
        ("today", "due", "late"),
        [(MONDAY, FRIDAY, 1), (MONDAY, MONDAY, 0), (MONDAY, None, 0), (FRIDAY, MONDAY, 0), (MONDAY, date(2026, 9, 19), 0)],
    )
    def test_late_counts_working_days_and_a_day_off_can_still_be_met_on_the_next_one(self, clock, today, due, late):
        clock.to(datetime(today.year, today.month, today.day, 9, tzinfo=UTC))
        assert Calendar().days_late(due) == late
        clock.advance(days=1)
        assert Calendar().days_late(date(2026, 9, 19)) == (1 if today is MONDAY else 0)

    def test_the_night_the_clocks_change_has_one_date(self):
        berlin = Calendar("Europe/Berlin")
        assert {berlin.day_of(datetime(2026, 10, 25, hour, 30, tzinfo=UTC)) for hour in range(23)} == {date(2026, 10, 25)}

    @given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 60))
    def test_counting_and_shifting_agree(self, day, step):
        calendar = Calendar()
        there = calendar.shift(day, step)
        assert calendar.working_days_between(day, there) == step
        assert calendar.working_days_between(there, day) == -step

    @given(st.dates(date(2026, 1, 1), date(2026, 3, 1)), st.integers(0, 40), st.sets(st.integers(0, 6)), st.sets(st.integers(0, 70)))
    def test_counting_by_weeks_is_counting_each_day(self, first, length, weekdays, off):
        calendar = Calendar("UTC", tuple(weekdays), frozenset(date(2026, 1, 1) + timedelta(days=n) for n in off))
        days = [first + timedelta(days=n) for n in range(1, length + 1)]
        assert calendar.working_days_between(first, first + timedelta(days=length)) == sum(map(calendar.works_on, days))

    def test_counting_far_ahead_takes_no_longer(self):
        began = perf_counter()
        assert Calendar().working_days_between(date.min, date.max) > 2_500_000
        assert perf_counter() - began < 0.1

    def test_time_stands_still_and_goes_on(self):
        moment = datetime(2026, 9, 18, 12, tzinfo=UTC)
        with clock.stopped(moment):
            assert clock.now() == clock.now() == moment
            with clock.stopped(moment + timedelta(days=1)):
                assert clock.now() == moment + timedelta(days=1)
            assert clock.now() == moment
        assert clock.now() != moment and clock.now().tzinfo is UTC


class TestKeys:
    def test_a_link_tells_its_request_and_nobody_elses(self):
        request_id = uuid4()
        token = keys.link_token(request_id)
        assert keys.read_link_token(token) == request_id and len(token) == 48
        assert len({keys.link_token(uuid4()) for _ in range(100)}) == 100

    @given(st.text(max_size=60))
    def test_what_is_not_ours_is_nobodys(self, token):
        assert keys.read_link_token(token) is None

    @given(st.integers(0, 47), st.sampled_from("ABCabc019-_="))
    def test_one_changed_letter_is_enough(self, place, letter):
        token = keys.link_token(UUID(int=7))
        changed = token[:place] + letter + token[place + 1 :]
        assert changed == token or keys.read_link_token(changed) is None

    def test_another_secret_makes_other_links_and_codes(self):
        request_id = uuid4()
        before = keys.link_token(request_id), keys.number_code(request_id), keys.letter_code(request_id)
        keys.use("another secret that is long enough to be one")
        assert keys.read_link_token(before[0]) is None
        assert (keys.link_token(request_id), keys.number_code(request_id), keys.letter_code(request_id)) != before

    @given(st.uuids())
    def test_codes_can_be_typed(self, request_id):
        number, letters = keys.number_code(request_id), keys.letter_code(request_id)
        assert len(number) == 6 and number.isdigit()
        assert len(letters) == 8 and set(letters) <= set(keys.CODE_ALPHABET) and not set("01IO") & set(keys.CODE_ALPHABET)

    def test_one_purpose_says_nothing_of_another(self):
        assert keys.mac("link", b"x") != keys.mac("code", b"x")
