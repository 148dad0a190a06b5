"""The firm's named schedules: keeping, archiving and bringing them back. `standard` is the one everything follows that names none."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import func, select

from portal.features.reminders.queries import used
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Audience, Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds.reminders.schedules import kept
from portal.kinds.reminders.steps import STANDARD, Step
from portal.models import may
from portal.models.reminders import ReminderSchedule, Tone

ADMINS_ONLY = N_("Only admins change the settings. Ask one of them.")


@action
def keep(there: ReminderSchedule | None, name: str, steps: tuple[Step, ...], *, by: Viewer) -> None:
    """Keep a schedule, new or changed; what follows it is reminded by the new steps from now on."""
    require(may.run_firm(by), ADMINS_ONLY)
    name = name.strip()
    _refuse_name(there, name)
    _refuse_steps(steps)
    if there is None:
        there = ReminderSchedule(id=uuid4(), name=name)
        db.session.add(there)
    if (there.name, there.steps) != (name, kept(steps)):
        there.name, there.steps = name, kept(steps)
        _record(there, "keep", by)


@action
def keep_standard(steps: tuple[Step, ...], *, by: Viewer) -> None:
    """Change the steps of the standard schedule."""
    require(may.run_firm(by), ADMINS_ONLY)
    _refuse_steps(steps)
    there = db.session.scalars(select(ReminderSchedule).where(ReminderSchedule.name == STANDARD)).one_or_none()
    if there is None:
        there = ReminderSchedule(id=uuid4(), name=STANDARD, steps=[])
        db.session.add(there)
    if there.steps != kept(steps):
        there.steps = kept(steps)
        _record(there, "keep", by)


@action
def archive(there: ReminderSchedule, *, by: Viewer) -> None:
    """Offer a schedule no longer."""
    require(may.run_firm(by), ADMINS_ONLY)
    if there.name == STANDARD:
        raise Refused(N_("The standard schedule cannot be archived: whatever names no other follows it."))
    if there.name in used():
        raise Refused(N_("“%(name)s” is in use. Let what follows it follow another schedule first."), name=there.name)
    if there.archived_at is None:
        there.archived_at = now()
        _record(there, "archive", by)


@action
def bring_back(there: ReminderSchedule, *, by: Viewer) -> None:
    """Offer an archived schedule again."""
    require(may.run_firm(by), ADMINS_ONLY)
    if there.archived_at is not None:
        there.archived_at = None
        _record(there, "restore", by)


def _refuse_name(there: ReminderSchedule | None, name: str) -> None:
    if there and there.name == name:
        return
    if there and there.name in used():
        said = N_("“%(name)s” is in use under this name. Make a copy under the new one instead.")
        raise Refused(said, field="name", status=422, name=there.name)
    same = select(ReminderSchedule.id).where(func.lower(ReminderSchedule.name) == name.lower())
    if name.lower() == STANDARD or _another(there, db.session.scalars(same).first()):
        raise Refused(N_("There is a schedule of this name already. Choose another one."), field="name", status=422)


def _another(there: ReminderSchedule | None, found: UUID | None) -> bool:
    return found is not None and (there is None or found != there.id)


def _refuse_steps(steps: tuple[Step, ...]) -> None:
    if not steps:
        raise Refused(N_("Choose at least one reminder. To send none in a project, stop them there."), field="steps", status=422)
    if len({step.days for step in steps}) < len(steps):
        raise Refused(N_("Two of these go out on the same day. Keep one of them."), field="steps", status=422)
    if any(step.tone is Tone.LAST for step in steps[:-1]):
        raise Refused(N_("Only the last reminder can be the last call."), field="steps", status=422)


def _record(there: ReminderSchedule, verb: str, by: Viewer) -> None:
    record(Kind.FIRM_CHANGED, there, by=by, audience=Audience.INTERNAL, verb=verb, detail={"schedule": there.name, "steps": there.steps})
