"""Agreed against now: the scope that was approved last, and what approved change requests made of it since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.kernel.clock import Calendar
from portal.kinds.agreed.forecast import Forecast, forecast_of
from portal.kinds.agreed.papers import Paper, papers_of
from portal.kinds.waiting.moving import Shift, shifts_of
from portal.models.item_states import OPEN, ItemState, Subject
from portal.models.items import Item
from portal.models.projects import Milestone
from portal.models.snapshots import Money, Snapshot

LIVING = OPEN | {ItemState.DRAFT}  # drafts are read by staff alone


@dataclass(frozen=True)
class Agreed:
    """What a project's people agreed on, and where that stands now.

    `scope` counts; `earlier` did. `offered` is a scope that is not approved yet. `changes` were approved since the scope was and count on
    top of it; those in `before` were approved earlier and are part of it. `waiting` are not decided; `closed` came to nothing.
    `moved` is by how many working days the end is another now. `dates` names the rule by which dates move, `shifts` are the times they did.
    """

    scope: Paper | None
    earlier: list[Paper]
    offered: list[Paper]
    changes: list[Paper]
    before: list[Paper]
    waiting: list[Paper]
    closed: list[Paper]
    inside: list[str]
    outside: list[str]
    budget: Money | None
    extra: list[Money]
    costs: list[Money]
    ends: date | None
    ends_now: date | None
    moved: int
    forecast: Forecast | None
    dates: str
    shifts: list[Shift]

    @property
    def is_there(self) -> bool:
        """Whether there is anything to be read."""
        return bool(self.scope or self.offered or self.changes or self.waiting or self.closed)

    @property
    def rounds(self) -> int | None:
        """How many rounds of changes were agreed for each thing."""
        return self.scope.shown.scope.rounds if self.scope and self.scope.shown and self.scope.shown.scope else None


def agreed_of(items: Iterable[Item], milestones: Sequence[Milestone], calendar: Calendar) -> Agreed:
    """What was agreed in a project and what became of it, from its items; `calendar` counts the days."""
    items = list(items)
    papers = papers_of(items)
    scopes, changes = _of(papers, Subject.SCOPE), _of(papers, Subject.CHANGE)
    scope, since = in_force(papers)
    told = scope.shown.scope if scope and scope.shown else None
    ends = date.fromisoformat(told.ends_on) if told and told.ends_on else None
    shown = [one.shown for one in since if one.shown]
    extra = [one.cost for one in shown if one.cost and Decimal(one.cost.amount)]
    shifts = shifts_of(items, milestones)
    ends_now = _moved(ends, since, [one for one in shifts if scope and one.at > scope.item.state_since], calendar)
    return Agreed(
        scope=scope,
        earlier=[one for one in scopes if one.counts and one is not scope],
        offered=[one for one in scopes if one.item.state in LIVING],
        changes=since,
        before=[one for one in changes if one.counts and one not in since],
        waiting=[one for one in changes if one.item.state in LIVING],
        closed=[one for one in changes if one.item.state is ItemState.WAIVED],
        inside=_lines(told.inside if told else (), shown, inside=True),
        outside=_lines(told.outside if told else (), shown, inside=False),
        budget=told.budget if told else None,
        extra=summed(extra),
        costs=costs_of(papers),
        ends=ends,
        ends_now=ends_now,
        moved=calendar.working_days_between(ends, ends_now) if ends and ends_now else 0,
        forecast=forecast_of(items, milestones, calendar, agreed=ends_now),
        dates=told.dates if told else "",
        shifts=shifts,
    )


def in_force(papers: Iterable[Paper]) -> tuple[Paper | None, list[Paper]]:
    """The scope that was approved last, and the changes that were approved since and count on top of it."""
    counting = [one for one in papers if one.counts]
    scope = next((one for one in reversed(counting) if one.item.subject is Subject.SCOPE), None)
    since = [one for one in counting if scope is None or one.item.state_since > scope.item.state_since]
    return scope, [one for one in since if one.item.subject is Subject.CHANGE]


def costs_of(papers: Iterable[Paper]) -> list[Money]:
    """What was agreed in money, with all changes on top, each currency by itself."""
    scope, since = in_force(papers)
    told = scope.shown.scope if scope and scope.shown else None
    extra = [one.shown.cost for one in since if one.shown and one.shown.cost]
    return summed([*([told.budget] if told and told.budget else []), *(one for one in extra if Decimal(one.amount))])


def told_of(items: Iterable[Item], calendar: Calendar) -> dict[str, object]:
    """What a project's page says is agreed, for the record: it is worked out there once more from what was decided alone."""
    agreed = agreed_of(items, [], calendar)
    counting = [*agreed.earlier, *agreed.before, *([agreed.scope] if agreed.scope else []), *agreed.changes]
    counting.sort(key=lambda one: one.item.state_since)
    moves: list[object] = [agreed.ends.isoformat() if agreed.ends else ""] if agreed.scope else []
    for shown in (one.shown for one in agreed.changes if one.shown):
        days = shown.change.days if shown.change else 0
        moves += [shown.moved.now] if shown.moved else [days] if days else []
    return {
        "items": [str(one.item.id) for one in counting],
        "sums": {one.currency: one.amount for one in agreed.costs},
        "inside": agreed.inside,
        "outside": agreed.outside,
        "moves": moves,
    }


def _of(papers: list[Paper], subject: Subject) -> list[Paper]:
    return [one for one in papers if one.item.subject is subject]


def _lines(first: Iterable[str], changes: Iterable[Snapshot], *, inside: bool) -> list[str]:
    """What is in (or not in) now: what was agreed, and one change after the other."""
    lines = list(first)
    for shown in changes:
        change = shown.change
        came, gone = (change.adds, change.drops) if change else ((), ())
        came, gone = (came, gone) if inside else (gone, came)
        lines = [line for line in lines if line not in gone] + [line for line in came if line not in lines]
    return lines


def summed(sums: Iterable[Money]) -> list[Money]:
    """Sums of money added up, each currency by itself."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for one in sums:
        found[one.currency] += Decimal(one.amount)
    return [Money(str(amount), currency) for currency, amount in found.items()]


def _moved(ends: date | None, changes: Iterable[Paper], shifts: Iterable[Shift], calendar: Calendar) -> date | None:
    """The agreed end after one change and one delay after the other: moved by working days, or put on another day."""
    told = [(one.item.state_since, one.shown.moved, one.shown.change.days if one.shown.change else 0) for one in changes if one.shown]
    for _at, moved, days in sorted([*told, *((one.at, None, one.delay.days) for one in shifts)], key=lambda one: one[0]):
        if moved:
            ends = date.fromisoformat(moved.now)
        elif ends and days:
            ends = calendar.shift(ends, days)
    return ends
