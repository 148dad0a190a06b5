"""Days of a template counted out on a calendar, as far as they can be known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from portal.kernel.clock import Calendar
from portal.models.template.shape import Template, When


@dataclass(frozen=True)
class Dates:
    """The days of a template by key; None where a day hangs on something that has yet to happen."""

    due: Mapping[str, date | None] = field(default_factory=dict)
    starts: Mapping[str, date | None] = field(default_factory=dict)
    ends: Mapping[str, date | None] = field(default_factory=dict)


def dates(
    template: Template,
    *,
    starts_on: date,
    calendar: Calendar,
    accepted: Mapping[str, date] | None = None,
    ends_on: Mapping[str, date] | None = None,
) -> Dates:
    """Every day that can be counted from the start, from the items accepted so far, and from ends of milestones that stand already."""
    ends: dict[str, date | None] = dict(ends_on or {})

    def day(when: When | None) -> date | None:
        if when is None:
            return None
        since = (accepted or {}).get(when.item) if when.item else ends_of(when.stage) if when.stage else starts_on
        return counted(since, when.days, calendar) if since else None

    def ends_of(key: str) -> date | None:
        if key not in ends:
            ends[key] = None  # a circle, refused when publishing, ends here
            stage = template.stage(key)
            ends[key] = day(stage.ends) if stage else None
        return ends[key]

    return Dates(
        due={piece.key: day(piece.due) for piece in template.items},
        starts={stage.key: day(stage.starts) for stage in template.milestones},
        ends={stage.key: ends_of(stage.key) for stage in template.milestones},
    )


def counted(since: date, days: int, calendar: Calendar) -> date:
    """The working day so many working days after (or before) another; that day itself, or the next one worked, when it is none."""
    if days or calendar.works_on(since):
        return calendar.shift(since, days)
    return calendar.shift(since, 1)


def whens(template: Template) -> Iterator[tuple[str, str, When]]:
    """Every day a template names: of what ("items.logo"), which one, and how it is counted."""
    for stage in template.milestones:
        for which, when in (("starts_on", stage.starts), ("ends_on", stage.ends)):
            if when:
                yield f"milestones.{stage.key}", which, when
    for piece in template.items:
        if piece.due:
            yield f"items.{piece.key}", "due_on", piece.due
