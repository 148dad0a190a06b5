"""When an item is asked for again, and when nobody may be written to. Nothing here reads a row."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.kernel.clock import Calendar
from portal.models.reminders import Tone

STANDARD = "standard"
OLDEST = timedelta(hours=36)
NOTHING_MOVED = timedelta(hours=24)
NUDGE_COUNTS = timedelta(days=30)
APART, ACTIVE, WEEK, MOST_A_WEEK = timedelta(hours=4), timedelta(hours=2), timedelta(days=7), 3
MORNING, EVENING = time(8), time(20)


@dataclass(frozen=True)
class Step:
    """So many working days after (negative: before) the item's day, at this hour where the reader is."""

    days: int
    tone: Tone
    hour: int = 9


SHIPPED = (Step(-2, Tone.FRIENDLY), Step(0, Tone.CLEAR), Step(4, Tone.LAST))


@dataclass(frozen=True)
class Thing:
    """An item that waits for the client, with all that decides when it is asked for again."""

    item_id: UUID
    project_id: UUID
    client_id: UUID
    day: date
    since: datetime
    rule: str
    steps: tuple[Step, ...]
    calendar: Calendar
    moved_at: datetime | None = None
    skip_until: datetime | None = None


@dataclass(frozen=True)
class Occasion:
    """One step of one item for one reader: which, on which day of theirs, and the moment."""

    n: int
    step: Step
    day: date
    at: datetime
    since: datetime
    is_last: bool


@dataclass(frozen=True)
class Around:
    """What a reader did and got lately: reminders, other mail that left or is about to, and when they were last here."""

    reminders: Collection[datetime] = ()
    mails: Collection[datetime] = ()
    coming: Collection[datetime] = ()
    here: datetime | None = None
    nudges: dict[UUID, datetime] = field(default_factory=dict)


def wall(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """The first moment at which clocks there show this hour of this day, or, in a gap, the moment the gap ends."""
    local = datetime.combine(day, time(hour), zone)
    back = local.astimezone(ZoneInfo("UTC")).astimezone(zone)
    return local if back.replace(tzinfo=None) == local.replace(tzinfo=None) else back


def occasions(thing: Thing, zone: ZoneInfo) -> list[Occasion]:
    """Every step of an item for a reader in this zone, in order; those before it waited for them never were."""
    days = [(_day(thing.calendar, thing.day, step.days), step) for step in thing.steps]
    steps = sorted(((wall(day, step.hour, zone), day, step) for day, step in days), key=lambda one: one[0])
    found: list[Occasion] = []
    for n, (at, day, step) in enumerate(steps, start=1):
        before = found[-1].at if found else thing.since
        if at > thing.since:
            found.append(Occasion(n, step, day, at, before, n == len(steps)))
    return found


def soon(thing: Thing, *, at: datetime) -> bool:
    """Whether a step may be due now, wherever a reader is: what is cheap to know before anything is read about readers."""
    first, last = (at - OLDEST).date() - timedelta(days=1), at.date() + timedelta(days=1)
    return any(first <= _day(thing.calendar, thing.day, step.days) <= last for step in thing.steps)


def due(thing: Thing, zone: ZoneInfo, at: datetime, *, nudged: datetime | None = None) -> Occasion | None:
    """The one step that may go out now: the latest that has come and is not too old, unless it is left out."""
    come = [one for one in occasions(thing, zone) if at - OLDEST < one.at <= at]
    return come[-1] if come and not left_out(thing, come[-1], nudged=nudged) else None


def upcoming(thing: Thing, zone: ZoneInfo, at: datetime, *, nudged: datetime | None = None) -> Occasion | None:
    """The step that comes next, as far as one can know now."""
    ahead = [one for one in occasions(thing, zone) if one.at > at]
    return next((one for one in ahead if not left_out(thing, one, nudged=nudged)), None)


def left_out(thing: Thing, one: Occasion, *, nudged: datetime | None) -> bool:
    """Whether a step is skipped: staff said so, a nudge came within a month and since the step before, or something just moved."""
    if thing.skip_until and one.at <= thing.skip_until:
        return True
    if nudged and nudged > max(one.since, one.at - NUDGE_COUNTS):
        return True
    return one.step.tone is Tone.FRIENDLY and thing.moved_at is not None and thing.moved_at > one.at - NOTHING_MOVED


def held_until(zone: ZoneInfo, calendars: Iterable[Calendar], around: Around, at: datetime) -> datetime | None:
    """Until when a reader must not be written to; None when they may be now. What is left out for good is `had_enough`'s."""
    local = at.astimezone(zone)
    if not any(calendar.works_on(local.date()) for calendar in calendars) or local.time() >= EVENING:
        return wall(local.date() + timedelta(days=1), MORNING.hour, zone)
    if local.time() < MORNING:
        return wall(local.date(), MORNING.hour, zone)
    waits = [one + APART for one in around.mails] + [one + APART for one in around.coming if one <= at + APART]
    waits += [around.here + ACTIVE] if around.here else []
    until = max(waits, default=at)
    return until if until > at else None


def had_enough(zone: ZoneInfo, around: Around, at: datetime) -> bool:
    """Whether a reader has had today's reminder, or as many as fit into a week."""
    today = at.astimezone(zone).date()
    if any(one.astimezone(zone).date() == today for one in around.reminders):
        return True
    return sum(one > at - WEEK for one in around.reminders) >= MOST_A_WEEK


def _day(calendar: Calendar, day: date, working_days: int) -> date:
    if working_days:
        return calendar.shift(day, working_days)
    return day if calendar.works_on(day) else calendar.shift(day, 1)
