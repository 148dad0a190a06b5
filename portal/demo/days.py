"""Time in the demo: days counted from today in the firm's calendar, and stories told side by side in the order things happened."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Protocol
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


class Post(Protocol):
    """The worker of the demo's past."""

    def next_due(self) -> datetime | None:
        """When the next mail has to leave."""

    def send(self) -> None:
        """Send what is due."""


def together(*stories: Story) -> Story:
    """Several stories as one, in the order things happen."""
    waiting = [(moment, number, story) for number, story in enumerate(stories) if (moment := next(story, None)) is not None]
    heapq.heapify(waiting)
    while waiting:
        moment, number, story = heapq.heappop(waiting)
        yield moment
        following = next(story, None)
        if following is not None:
            heapq.heappush(waiting, (max(following, moment), number, story))


def tell(stories: Iterable[Story], post: Post) -> None:
    """Let every scene of all stories happen at its moment, and every mail leave when it is due."""
    story = together(*stories)
    moment = next(story, None)
    while moment is not None:
        _post_until(moment, post)
        with stopped(moment):
            following = next(story, None)
            post.send()
        moment = following
    _post_until(now(), post)


def _post_until(moment: datetime, post: Post) -> None:
    while (due := post.next_due()) is not None and due <= moment:
        with stopped(due):
            post.send()
