"""The firm's named schedules: what is kept in rows, and the one that comes with the portal."""

from __future__ import annotations

from sqlalchemy import select

from portal.kernel.db import db
from portal.kinds.reminders.steps import SHIPPED, STANDARD, Step
from portal.models.reminders import ReminderSchedule, Tone

Schedules = dict[str, tuple[Step, ...]]


def schedules() -> Schedules:
    """Every schedule by name, the standard one first."""
    living = select(ReminderSchedule.name, ReminderSchedule.steps).where(ReminderSchedule.archived_at.is_(None))
    rows = db.session.execute(living.order_by(ReminderSchedule.name))
    return {STANDARD: SHIPPED} | {name: steps_of(steps) for name, steps in rows}


def called(known: Schedules, *names: str) -> tuple[str, tuple[Step, ...]]:
    """The first of these names that is a schedule, with its steps; the standard one where none is."""
    name = next((name for name in names if name in known), STANDARD)
    return name, known[name]


def steps_of(kept: list[dict[str, object]]) -> tuple[Step, ...]:
    """Steps as they are kept."""
    return tuple(Step(int(str(one["days"])), Tone(str(one["tone"])), int(str(one["hour"]))) for one in kept)


def kept(steps: tuple[Step, ...]) -> list[dict[str, object]]:
    """Steps as columns."""
    return [{"days": one.days, "tone": one.tone.value, "hour": one.hour} for one in steps]
