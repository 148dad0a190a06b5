"""When a project will end as things stand, and why that is not the day that was agreed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from portal.kernel.clock import Calendar
from portal.models.item_states import OPEN, WaitingOn
from portal.models.items import Item
from portal.models.projects import Milestone


@dataclass(frozen=True)
class Cause:
    """A thing that comes later than the milestone it holds up can wait: by how many working days, and who has it now.

    If it is there `by` that day, the milestone `begins` on that one.
    """

    item: Item
    milestone: Milestone
    days: int
    by: date
    begins: date

    @property
    def is_ours(self) -> bool:
        """Whether it waits for the firm."""
        return self.item.waiting_on is WaitingOn.FIRM


@dataclass(frozen=True)
class Forecast:
    """The day the last milestone ends as planned and as things stand now, and what makes the difference, the largest first."""

    planned: date
    day: date
    causes: list[Cause]
    agreed: date | None

    @property
    def is_late(self) -> bool:
        """Whether it lies after the day that was agreed."""
        return bool(self.agreed and self.day > self.agreed)

    @property
    def plan_differs(self) -> bool:
        """Whether the plan itself says another day than was agreed."""
        return bool(self.agreed and self.planned != self.agreed)


def forecast_of(items: Iterable[Item], milestones: Sequence[Milestone], calendar: Calendar, *, agreed: date | None) -> Forecast | None:
    """The end as planned, moved by as many working days as the thing that is most behind; nothing where no milestone has a day."""
    last = max((day for one in milestones if (day := one.ends_on or one.starts_on)), default=None)
    if last is None:
        return None
    stages = {one.id: one for one in milestones}
    held = [(item, stages[item.holds_up_id]) for item in items if item.holds_up_id in stages and item.required and item.state in OPEN]
    causes = [cause for item, stage in held if (cause := _behind(item, stage, calendar))]
    causes.sort(key=lambda one: -one.days)
    return Forecast(last, calendar.shift(last, causes[0].days) if causes else last, causes, agreed)


def _behind(item: Item, milestone: Milestone, calendar: Calendar) -> Cause | None:
    """That a thing comes too late, if it comes on the day it is expected, or today where that is over."""
    if item.slips_on is None or milestone.starts_on is None:
        return None
    by = max(item.expected_on or item.slips_on, calendar.today())
    days = calendar.working_days_between(item.slips_on, by)
    return Cause(item, milestone, days, by, calendar.shift(milestone.starts_on, days)) if days > 0 else None
