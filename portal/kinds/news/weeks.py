"""Weeks as a client lives them: they begin on the first working day after the longest rest, in the client's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.kernel.clock import Calendar

SEVEN = timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """Seven local days of a client, and the moments at which they begin and are over."""

    first: date
    zone: str

    @property
    def last(self) -> date:
        """The last of its days."""
        return self.first + timedelta(days=6)

    @property
    def begins(self) -> datetime:
        """The moment it begins."""
        return datetime.combine(self.first, time(), ZoneInfo(self.zone))

    @property
    def ends(self) -> datetime:
        """The moment it is over."""
        return datetime.combine(self.first + SEVEN, time(), ZoneInfo(self.zone))


def week_of(calendar: Calendar, *, back: int = 0) -> Week:
    """The week that runs now where the client lives, or one so many weeks before."""
    today = calendar.today()
    since = (today.weekday() - first_weekday(calendar.working_days)) % 7
    return Week(today - timedelta(days=since) - back * SEVEN, calendar.zone)


def first_weekday(working_days: tuple[int, ...]) -> int:
    """The weekday that follows the longest rest (Monday is 0); Monday where nobody ever rests."""
    days = sorted(set(working_days))
    if not days or len(days) == 7:
        return 0
    rests = [((day - days[n - 1]) % 7 or 7, day) for n, day in enumerate(days)]
    return max(rests, key=lambda one: (one[0], -one[1]))[1]
