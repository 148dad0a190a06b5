"""The firm's named schedules: what goes out when, and what would go out for something due on a day."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.reminders import keeping, queries
from portal.features.reminders.forms import TONES, ScheduleForm
from portal.kernel.refusal import NotFound
from portal.kinds.reminders.schedules import schedules, steps_of
from portal.kinds.reminders.steps import STANDARD, Step
from portal.models.people import the_firm
from portal.models.reminders import ReminderSchedule
from portal.web.buttons import press
from portal.web.doors import viewer
from portal.web.schedule_choices import schedule_word

pages = Blueprint("schedules", __name__)
AHEAD = 10


@pages.get("/settings/reminders")
def index() -> ResponseReturnValue:
    """Every schedule with its steps, and what follows it."""
    rows = [row for row in queries.kept_schedules() if row.name != STANDARD]
    facts = {"rows": [(row, steps_of(row.steps)) for row in rows], "used": queries.used(), "nobody": queries.Used(), "tones": TONES}
    return render_template("staff/reminders/schedules.html", standard=schedules()[STANDARD], **facts)


@pages.route("/settings/reminders/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """A new schedule, as a copy of the standard one or of the one that `?like=` names."""
    steps = schedules().get(request.args.get("like", ""), schedules()[STANDARD])
    return _edit(None, "", steps)


@pages.route("/settings/reminders/standard", methods=["GET", "POST"])
def standard() -> ResponseReturnValue:
    """The schedule that everything follows that names no other."""
    return _edit(None, STANDARD, schedules()[STANDARD])


@pages.route("/settings/reminders/<uuid:schedule_id>", methods=["GET", "POST"])
def edit(schedule_id: UUID) -> ResponseReturnValue:
    """One of the firm's own."""
    there = _found(schedule_id)
    return _edit(there, there.name, steps_of(there.steps))


@pages.post("/settings/reminders/<uuid:schedule_id>/<any(archive, restore):verb>")
def put_away(schedule_id: UUID, verb: str) -> ResponseReturnValue:
    """Offer it no longer, or again."""
    there, to = _found(schedule_id), url_for("staff.schedules.index")
    if verb == "archive":
        return press(lambda: keeping.archive(there, by=viewer()), _("Archived. It is offered no longer."), to=to)
    return press(lambda: keeping.bring_back(there, by=viewer()), _("It is offered again."), to=to)


def _edit(there: ReminderSchedule | None, name: str, steps: tuple[Step, ...]) -> ResponseReturnValue:
    """The form: saved, or only looked at."""
    form = ScheduleForm(name=name, day=_some_day())
    form.offer(steps)
    looks = "look" in request.form

    def save() -> None:
        if looks:
            return
        if name == STANDARD:
            keeping.keep_standard(form.typed, by=viewer())
        else:
            keeping.keep(there, form.name.data or "", form.typed, by=viewer())

    if form.submitted(save) and not looks:
        flash(_("Saved."), "done")
        return redirect(url_for("staff.schedules.index"), 303)
    ahead = queries.preview(form.typed, form.day.data) if form.typed and form.day.data else []
    facts = {"there": there, "name": name, "is_standard": name == STANDARD, "ahead": ahead, "tones": TONES, "zone": the_firm().zone}
    return render_template("staff/reminders/schedule.html", form=form, used=queries.used().get(name), word=schedule_word(name), **facts)


def _some_day() -> date:
    """A working day two weeks from now."""
    calendar = the_firm().calendar
    return calendar.shift(calendar.today(), AHEAD)


def _found(schedule_id: UUID) -> ReminderSchedule:
    there = next((row for row in queries.kept_schedules() if row.id == schedule_id and row.name != STANDARD), None)
    if there is None:
        raise NotFound
    return there
