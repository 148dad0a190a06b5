"""Time in the demo: days counted from today in the firm's calendar, and stories told side by side in the order things happened."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.kernel.clock import Calendar, now, stopped

Story = Iterator[datetime]
"""Yields the moment of its next scene; what follows the yield happens at that moment."""


class Days:
    """Working days and hours of the firm, counted from today (0); -3 is three working days ago."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._today = calendar.today()
        self._now = now()

    def on(self, day: int) -> date:
        """The date so many working days from today."""
        return self._calendar.shift(self._today, day)

    def at(self, day: int, clock: str) -> datetime:
        """A moment on that day, never later than just now."""
        moment = datetime.combine(self.on(day), time.fromisoformat(clock), ZoneInfo(self._calendar.zone))
        return min(moment, self.ago(minutes=1))

    def ago(self, *, hours: int = 0, minutes: int = 0) -> datetime:
        """A moment of today (or of last night)."""
        return self._now - timedelta(hours=hours, minutes=minutes)


def tell(stories: Iterable[Story], *, between: Callable[[], None]) -> None:
    """Let every scene of all stories happen at its moment, earliest first; `between` runs after each scene, at the same moment."""
    waiting = [(moment, number, story) for number, story in enumerate(stories) if (moment := next(story, None)) is not None]
    heapq.heapify(waiting)
    while waiting:
        moment, number, story = heapq.heappop(waiting)
        with stopped(moment):
            following = next(story, None)
            between()
        if following is not None:
            heapq.heappush(waiting, (max(following, moment), number, story))
