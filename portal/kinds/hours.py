"""When a mail that is no answer may leave: not at night and not on a day off where it is read."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from portal.kernel.clock import Calendar

MORNING, EVENING = time(8), time(20)


def leaves(calendar: Calendar, at: datetime) -> datetime:
    """The moment itself in their daytime, else eight on their next working morning."""
    zone = ZoneInfo(calendar.zone)
    local = at.astimezone(zone)
    if calendar.works_on(local.date()) and MORNING <= local.time() < EVENING:
        return at
    day = local.date()
    if not calendar.works_on(day) or local.time() >= EVENING:
        day = calendar.shift(day, 1)
    return datetime.combine(day, MORNING, tzinfo=zone)
