"""Where a project stands: its milestones in order, and what a date makes possible."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from portal.kernel.db import db
from portal.kinds import reading
from portal.models.clients import Client
from portal.models.item_states import OPEN, WITH_CLIENT, ItemState, WaitingOn
from portal.models.items import Item
from portal.models.people import the_firm
from portal.models.projects import Milestone, Project

SETTLED = (ItemState.ACCEPTED, ItemState.WAIVED)


@dataclass(frozen=True)
class Step:
    """One milestone on the timeline; `waits` are its own things that are still open, in the firm's order."""

    milestone: Milestone
    state: str
    here: int
    total: int
    to_come: int
    blocked_by: int
    is_past: bool
    waits: list[Item]

    @property
    def theirs(self) -> list[Item]:
        """What the client has to do for it now."""
        return [item for item in self.waits if item.waiting_on is WaitingOn.CLIENT]

    @property
    def ours(self) -> list[Item]:
        """What the firm has to do for it now."""
        return [item for item in self.waits if item.waiting_on is WaitingOn.FIRM]


@dataclass(frozen=True)
class Promise:
    """What a date makes possible: if everything is here by `by`, `milestone` begins as planned, once `ours` of our own are ready too."""

    by: date
    milestone: Milestone
    ours: int = 0


@dataclass(frozen=True)
class Opening:
    """A milestone that one item holds up, all else that must be settled before it can begin, and the client's language."""

    milestone: Milestone
    others: list[Item]
    is_past: bool
    language: str
    whole: bool = True


def steps(found: Project, items: list[Item]) -> list[Step]:
    """The milestones in order. One is closed once all its things are settled or, without things, once its days are over."""
    milestones = reading.milestones_of(found.id)
    current = next((m.id for m in milestones if not _is_closed(m, items)), None)
    result, seen_current = [], False
    for milestone in milestones:
        seen_current = seen_current or milestone.id == current
        closed = not seen_current or is_settled(milestone, items)
        state = "done" if closed else "now" if milestone.id == current and not _is_to_come(milestone) else "next"
        own = [i for i in items if i.milestone_id == milestone.id and i.state not in (ItemState.DRAFT, ItemState.WAIVED)]
        here = sum(i.state not in OPEN or i.state is ItemState.SENT for i in own)
        to_come = sum(i.state in WITH_CLIENT and not i.stuck for i in own)
        blockers = len(blocking(milestone, milestones, items))
        result.append(Step(milestone, state, here, len(own), to_come, blockers, is_past(milestone), [i for i in own if i.state in OPEN]))
    return result


def blocking(milestone: Milestone, milestones: list[Milestone], items: list[Item]) -> list[Item]:
    """The required things, still open, that stand before a milestone: what holds up it or an earlier one, and all of earlier ones."""
    until = {m.id for m in milestones if m.position <= milestone.position}
    before = until - {milestone.id}
    return [i for i in items if i.required and i.state in OPEN and (i.holds_up_id in until or i.milestone_id in before)]


def opening(item: Item) -> Opening | None:
    """The milestone an item holds up, if its day is known, with whatever else it waits for."""
    milestones = reading.milestones_of(item.project_id)
    held = next((m for m in milestones if m.id == item.holds_up_id and m.starts_on), None)
    if held is None:
        return None
    others = [other for other in blocking(held, milestones, reading.items_of(item.project_id)) if other.id != item.id]
    return Opening(held, others, is_past(held), db.session.get_one(Client, item.client_id).language)


def is_past(milestone: Milestone) -> bool:
    """Whether the day on which it was to begin is over."""
    return bool(milestone.starts_on and milestone.starts_on < the_firm().calendar.today())


def is_settled(milestone: Milestone, items: Collection[Item]) -> bool:
    """Whether a milestone is closed by its things: some of them are settled, and none is open."""
    return settled_at(milestone, items) is not None


def settled_at(milestone: Milestone, items: Collection[Item]) -> datetime | None:
    """When the last thing of a milestone was settled; None while one is open, and where none was accepted."""
    own = [i for i in items if i.milestone_id == milestone.id]
    if any(i.state in OPEN for i in own) or not any(i.state is ItemState.ACCEPTED for i in own):
        return None
    return max(i.state_since for i in own if i.state in SETTLED)


def _is_to_come(milestone: Milestone) -> bool:
    return bool(milestone.starts_on and milestone.starts_on > the_firm().calendar.today())


def _is_closed(milestone: Milestone, items: Collection[Item]) -> bool:
    """Whether nothing of a milestone is open, and something of it is settled or its days are over."""
    is_open = any(i.milestone_id == milestone.id and i.state in OPEN for i in items)
    return is_settled(milestone, items) or (_is_over(milestone) and not is_open)


def _is_over(milestone: Milestone) -> bool:
    ends = milestone.ends_on or milestone.starts_on
    return bool(ends and ends < the_firm().calendar.today())


def promise(found: Project, items: list[Item]) -> Promise | None:
    """The next milestone that open items hold up, and the day by which they keep it where it is; None when it is past or given away."""
    holding = [i for i in items if i.holds_up_id and i.slips_on and i.waiting_on is WaitingOn.CLIENT]
    ours = [i for i in items if i.holds_up_id and i.slips_on and i.waiting_on is WaitingOn.FIRM and i.required]
    first = min(holding, key=_slip, default=None)
    if first is None or min(map(_slip, holding + ours)) < the_firm().calendar.today():
        return None
    here = [i for i in holding if i.holds_up_id == first.holds_up_id]
    if any(i.promised_on and i.promised_on > _slip(i) for i in here):
        return None
    waiting = sum(i.holds_up_id == first.holds_up_id for i in ours)
    return Promise(_slip(first), db.session.get_one(Milestone, first.holds_up_id), waiting)


def _slip(item: Item) -> date:
    return item.slips_on or date.max
