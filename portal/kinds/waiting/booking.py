"""The waiting clock: every working day of an item belongs to whoever had it when the day began, in the client's own calendar.

Midnight to midnight: what is sent back and forth within one day costs nobody a day, and the days of both sides, with those on which
it rested, add up to the working days between the day it was asked and the day it was done, whatever the calendar.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from portal.kernel.clock import Calendar, now
from portal.kernel.db import db
from portal.models.item_states import WaitingOn
from portal.models.items import Item
from portal.models.turns import Turn


class Stretch(NamedTuple):
    """One turn: who had it, from when until when; without an end it lasts."""

    side: WaitingOn
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Days:
    """Working days with the client, with us, and at rest, when nobody had to do anything."""

    client: int = 0
    firm: int = 0
    rest: int = 0

    def __add__(self, other: Days) -> Days:
        return Days(self.client + other.client, self.firm + other.firm, self.rest + other.rest)

    @property
    def waited(self) -> bool:
        """Whether anybody waited for a day at all."""
        return bool(self.client or self.firm)


@dataclass(frozen=True)
class Booked:
    """An item's days: asked on the first, done on the last, which for one that is still open is today."""

    first: date
    last: date
    is_open: bool
    days: Days
    stretches: Sequence[Stretch] = field(repr=False, default=())


def book(turns: Iterable[Stretch], calendar: Calendar) -> Booked | None:
    """Book the turns of one item, in their order; nothing before anybody had to do something, or after the last who had to."""
    turns = list(turns)
    held = [n for n, turn in enumerate(turns) if turn.side is not WaitingOn.NOBODY]
    if not held:
        return None
    turns = turns[held[0] : held[-1] + 1]
    ends = [calendar.day_of(turn.ended_at or now()) for turn in turns]
    spent = dict.fromkeys(WaitingOn, 0)
    day = first = calendar.day_of(turns[0].began_at)
    for turn, end in zip(turns, ends, strict=True):
        spent[turn.side] += calendar.working_days_between(day, end)
        day = end
    days = Days(spent[WaitingOn.CLIENT], spent[WaitingOn.FIRM], spent[WaitingOn.NOBODY])
    return Booked(first, day, turns[-1].ended_at is None, days, turns)


def booked_of(items: Iterable[Item], calendar: Calendar) -> Mapping[UUID, Booked]:
    """The days of these items of one client, in one statement; those that nobody waited for yet are left out."""
    ids = sorted(item.id for item in items)
    query = select(Turn.item_id, Turn.side, Turn.began_at, Turn.ended_at).where(Turn.item_id.in_(ids)).order_by(Turn.item_id, Turn.n)
    rows = db.session.execute(query).all() if ids else ()
    each = {item_id: book((Stretch(*row[1:]) for row in turns), calendar) for item_id, turns in groupby(rows, key=lambda row: row[0])}
    return {item_id: booked for item_id, booked in each.items() if booked}


@dataclass(frozen=True)
class Shared:
    """A project's working days since something was first asked: on how many anything waited for the client, and for us."""

    since: date
    client: int
    firm: int


def shared(booked: Iterable[Booked], calendar: Calendar) -> Shared | None:
    """What all the items of a project come to: a day on which five things waited for somebody is one day."""
    booked = list(booked)
    if not booked:
        return None
    waited: dict[WaitingOn, set[date]] = {side: set() for side in WaitingOn}
    for one in booked:
        for turn in one.stretches:
            waited[turn.side].update(_days(turn, calendar))
    return Shared(min(one.first for one in booked), len(waited[WaitingOn.CLIENT]), len(waited[WaitingOn.FIRM]))


def _days(turn: Stretch, calendar: Calendar) -> Iterable[date]:
    day, end = calendar.day_of(turn.began_at), calendar.day_of(turn.ended_at or now())
    while day < end:
        day += timedelta(days=1)
        if calendar.works_on(day):
            yield day
