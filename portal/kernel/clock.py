"""The only place that asks what time it is, and the working calendar that "late" and "by Thursday" are judged with."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EVERY_DAY = tuple(range(7))
_stopped_at: datetime | None = None


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _stopped_at or datetime.now(UTC)


@contextmanager
def stopped(moment: datetime) -> Iterator[None]:
    """Hold the clock at one aware moment, in every thread (for tests and for building the demo's past)."""
    global _stopped_at
    before, _stopped_at = _stopped_at, moment.astimezone(UTC)
    try:
        yield
    finally:
        _stopped_at = before


@dataclass(frozen=True)
class Calendar:
    """Whose days are meant: an IANA zone, the weekdays worked (Monday is 0) and single days off."""

    zone: str = "UTC"
    working_days: tuple[int, ...] = (0, 1, 2, 3, 4)
    holidays: frozenset[date] = field(default_factory=frozenset)

    def today(self) -> date:
        """Today's date where this calendar hangs."""
        return self.day_of(now())

    def day_of(self, moment: datetime) -> date:
        """The local date of an aware moment."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def works_on(self, day: date) -> bool:
        """Whether people work on this day; a calendar without working days works every day."""
        return day not in self.holidays and (not self.working_days or day.weekday() in self.working_days)

    def shift(self, day: date, working_days: int) -> date:
        """The day that lies so many working days after (or, negative, before) this one."""
        step = timedelta(days=1 if working_days >= 0 else -1)
        left = abs(working_days)
        while left:
            day += step
            left -= self.works_on(day)
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days lie after the first day up to and including the last; negative when they are swapped."""
        if last < first:
            return -self.working_days_between(last, first)
        weeks, rest = divmod((last - first).days, 7)
        weekdays = self.working_days or EVERY_DAY
        worked = weeks * len(weekdays) + sum((last - timedelta(days=n)).weekday() in weekdays for n in range(rest))
        off = _days_off(self.holidays, weekdays)
        return worked - (bisect_right(off, last) - bisect_right(off, first))

    def days_late(self, due: date | None) -> int:
        """By how many working days a day has been missed; one that falls on a day off counts as the next working day."""
        if due is None:
            return 0
        met_by = due if self.works_on(due) else self.shift(due, 1)
        return max(self.working_days_between(met_by, self.today()), 0)


@lru_cache(maxsize=1024)
def _days_off(holidays: frozenset[date], weekdays: tuple[int, ...]) -> list[date]:
    """The days off that would have been worked, in order: sorted once, for reports count hundreds of thousands of stretches."""
    return sorted(day for day in holidays if day.weekday() in weekdays)
