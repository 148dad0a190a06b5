"""Dates that move because something came from the client later than the plan can wait, where both agreed on that rule.

The rule is a part of the agreed scope (`Scope.dates`), so it is read, approved and kept like everything in it. It is applied once per
cause, in the very commit in which the thing comes in, for only then is the delay known. Only days count on which the client had it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.kernel.action import before_commit
from portal.kernel.clock import Calendar, now
from portal.kernel.db import acting_as, db
from portal.kernel.record import Event, Kind, record
from portal.kernel.viewer import SYSTEM
from portal.kinds.agreed.papers import scope_and_when
from portal.kinds.waiting.booking import Stretch
from portal.models.clients import Client
from portal.models.item_states import ItemState, WaitingOn
from portal.models.items import Item, stale
from portal.models.people import the_firm
from portal.models.projects import Milestone, Project
from portal.models.turns import Turn

CAME = frozenset({ItemState.SENT, ItemState.ACCEPTED, ItemState.PREPARING})


@dataclass(frozen=True)
class Delay:
    """How late something came: working days after its date with the client, and how many of them the plan could take."""

    late: int
    slack: int

    @property
    def days(self) -> int:
        """By how many working days the plan moves."""
        return max(self.late - self.slack, 0)


@dataclass(frozen=True)
class Shift:
    """Once that dates moved: what came late, the first milestone that moved and with it all after it, and its day before and now.

    Days were counted from `since` on, where the rule was agreed only after the day it was due.
    """

    at: datetime
    item: Item | None
    milestone: Milestone | None
    delay: Delay
    was: date | None
    now: date | None
    since: date | None = None


def delay_of(turns: Iterable[Stretch], *, due: date | None, needed: date, calendar: Calendar) -> Delay:
    """The delay of what was due on one day and needed by another; without a day of its own it is due when it is needed."""
    last = _met_by(needed, calendar)
    asked = _met_by(due, calendar) if due else last
    late = 0
    for turn in turns:
        ends = calendar.day_of(turn.ended_at or now())
        if turn.side is WaitingOn.CLIENT and ends > asked:
            late += calendar.working_days_between(max(calendar.day_of(turn.began_at), asked), ends)
    return Delay(late, max(calendar.working_days_between(asked, last), 0))


def _met_by(day: date, calendar: Calendar) -> date:
    """What is due on a day off is in time on the next working day."""
    return day if calendar.works_on(day) else calendar.shift(day, 1)


def shifts_of(items: Collection[Item], milestones: Collection[Milestone]) -> list[Shift]:
    """Every time that dates of a project moved by the rule, in order; asks nothing where none ever did."""
    moved = [one for one in milestones if one.agreed_starts_on or one.agreed_ends_on]
    if not moved:
        return []
    mine = (Event.project_id == moved[0].project_id, Event.kind == Kind.DATES_MOVED.value)
    known, stages = {item.id: item for item in items}, {one.id: one for one in milestones}
    return [_told(event, known, stages) for event in db.session.scalars(select(Event).where(*mine).order_by(Event.seq))]


def _told(event: Event, items: dict[UUID, Item], stages: dict[UUID, Milestone]) -> Shift:
    facts = json.loads(event.facts)
    was, moved_to, since = (date.fromisoformat(facts[name]) if facts.get(name) else None for name in ("was", "day", "since"))
    item = items.get(event.item_id) if event.item_id else None
    return Shift(event.at, item, stages.get(UUID(facts["milestone"])), Delay(facts["late"], facts["slack"]), was, moved_to, since)


def follow() -> None:
    """Move the dates of each project in which something came too late in this action."""
    left: Collection[UUID] = db.session().info.pop("left_client", ())
    with acting_as(SYSTEM):
        for item_id in sorted(left):
            item = db.session.get_one(Item, item_id)
            if item.state in CAME and item.required and item.slips_on and item.slips_on <= now().date():
                _came(item)


def _came(item: Item) -> None:
    project = db.session.scalars(select(Project).where(Project.id == item.project_id).with_for_update()).one()
    agreed = scope_and_when(project.id)
    if not (project.is_running and agreed and agreed[0].dates):
        return
    fresh = select(Milestone).where(Milestone.project_id == project.id).execution_options(populate_existing=True)
    milestones = {one.id: one for one in db.session.scalars(fresh)}
    held = milestones.get(item.holds_up_id) if item.holds_up_id else None
    if held is None or held.starts_on is None:
        return
    calendar = db.session.get_one(Client, item.client_id).calendar
    query = select(Turn.side, Turn.began_at, Turn.ended_at).where(Turn.item_id == item.id).order_by(Turn.n)
    turns = [Stretch(*row) for row in db.session.execute(query)]
    needed = the_firm().calendar.shift(held.starts_on, -item.lead_days)
    since = calendar.day_of(agreed[1])
    delay = delay_of(turns, due=max(item.due_on or needed, since), needed=needed, calendar=calendar)
    if delay.days:
        after = [one for one in milestones.values() if one.position >= held.position]
        _move(item, held, after, delay, calendar, since=since if since > (item.due_on or needed) else None)


def _move(item: Item, held: Milestone, milestones: Iterable[Milestone], delay: Delay, calendar: Calendar, *, since: date | None) -> None:
    """`since` is the day on which the rule was agreed, where that was after the day it was due: no earlier day counts."""
    was = held.starts_on
    for one in milestones:
        one.agreed_starts_on, one.agreed_ends_on = one.agreed_starts_on or one.starts_on, one.agreed_ends_on or one.ends_on
        one.starts_on = calendar.shift(one.starts_on, delay.days) if one.starts_on else None
        one.ends_on = calendar.shift(one.ends_on, delay.days) if one.ends_on else None
    stale(item)
    facts: dict[str, Any] = {
        "milestone": held.id,
        "late": delay.late,
        "slack": delay.slack,
        "was": was,
        "day": held.starts_on,
        "since": since,
    }
    record(Kind.DATES_MOVED, item, by=SYSTEM, days=delay.days, **facts)


before_commit(follow, early=True)
