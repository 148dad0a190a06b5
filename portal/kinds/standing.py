"""Where a project stands: its milestones in order, and what a date makes possible."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.kernel.db import db
from portal.kinds import reading
from portal.models.item_states import OPEN, WITH_CLIENT, ItemState, WaitingOn
from portal.models.items import Item
from portal.models.people import the_firm
from portal.models.projects import Milestone, Project


@dataclass(frozen=True)
class Step:
    """One milestone on the client's timeline."""

    milestone: Milestone
    state: str
    here: int
    total: int
    to_come: int


@dataclass(frozen=True)
class Promise:
    """What a date makes possible: if everything is here by `by`, `milestone` begins as planned."""

    by: date
    milestone: Milestone


def steps(found: Project, items: list[Item]) -> list[Step]:
    """The milestones in order: done when closed or when all that lies before the first open one is past."""
    milestones = reading.milestones_of(found.id)
    open_ids = {i.milestone_id for i in items if i.state in OPEN}
    current = next((m.id for m in milestones if not m.closed_at and (m.id in open_ids or not _is_over(m))), None)
    result, seen_current = [], False
    for milestone in milestones:
        seen_current = seen_current or milestone.id == current
        state = "now" if milestone.id == current else "next" if seen_current else "done"
        own = [i for i in items if i.milestone_id == milestone.id and i.state not in (ItemState.DRAFT, ItemState.WAIVED)]
        here = sum(i.state not in OPEN or i.state is ItemState.SENT for i in own)
        to_come = sum(i.state in WITH_CLIENT for i in own)
        result.append(Step(milestone, state, here, len(own), to_come))
    return result


def _is_over(milestone: Milestone) -> bool:
    firm = the_firm()
    ends = milestone.ends_on or milestone.starts_on
    return bool(firm and ends and ends < firm.calendar.today())


def promise(found: Project, items: list[Item]) -> Promise | None:
    """The next milestone that open items hold up, and the day by which they keep it where it is; None when it is past or given away."""
    holding = [i for i in items if i.holds_up_id and i.slips_on and i.waiting_on is WaitingOn.CLIENT]
    first = min(holding, key=lambda i: i.slips_on or date.max, default=None)
    firm = the_firm()
    if first is None or first.slips_on is None or firm is None or first.slips_on < firm.calendar.today():
        return None
    if any(i.promised_on and i.slips_on and i.promised_on > i.slips_on for i in holding if i.holds_up_id == first.holds_up_id):
        return None
    return Promise(first.slips_on, db.session.get_one(Milestone, first.holds_up_id))
