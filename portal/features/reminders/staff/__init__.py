"""Staff pages about reminders: what goes out next in a project, stopping and skipping it, and which schedule is followed."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.reminders import actions, queries
from portal.features.reminders.forms import ChooseForm
from portal.kernel.refusal import N_
from portal.models.clients import Client
from portal.models.items import Item
from portal.models.projects import Project
from portal.web.buttons import press
from portal.web.doors import find, viewer
from portal.web.schedule_choices import offer_schedules

pages = Blueprint("reminders", __name__)
DONE = {
    "stop": N_("No reminder goes out by itself in this project any more."),
    "resume": N_("Reminders go out by themselves again."),
    "skip": N_("The next reminder is skipped."),
}


@pages.route("/projects/<uuid:project_id>/reminders", methods=["GET", "POST"])
def project(project_id: UUID) -> ResponseReturnValue:
    """Show what goes out by itself, and choose the schedule."""
    found = find(Project, project_id)
    form = ChooseForm(schedule=found.reminders)
    offer_schedules(form.schedule, kept=found.reminders)
    if form.submitted(lambda: actions.choose(found, form.schedule.data or "", by=viewer())):
        flash(_("Saved."), "done")
        return redirect(url_for("staff.reminders.project", project_id=project_id), 303)
    facts = queries.page_of(found)
    return render_template("staff/reminders/project.html", project=found, client=find(Client, found.client_id), form=form, **facts)


@pages.post("/projects/<uuid:project_id>/reminders/<any(stop, resume, skip):verb>")
def steer(project_id: UUID, verb: str) -> ResponseReturnValue:
    """Stop them, let them go on, or skip the next one."""
    found, to = find(Project, project_id), url_for("staff.reminders.project", project_id=project_id)
    return press(lambda: actions.steer(found, verb, by=viewer()), _(DONE[verb]), to=to)


@pages.route("/items/<uuid:item_id>/reminders", methods=["GET", "POST"])
def item(item_id: UUID) -> ResponseReturnValue:
    """Choose the schedule of one item."""
    found = find(Item, item_id)
    form = ChooseForm(schedule=found.reminders)
    offer_schedules(form.schedule, kept=found.reminders, above=_("As the project"))
    if form.submitted(lambda: actions.choose(found, form.schedule.data or "", by=viewer())):
        flash(_("Saved."), "done")
        return redirect(url_for("staff.client_page.item", item_id=item_id), 303)
    return render_template("staff/reminders/item.html", item=found, client=find(Client, found.client_id), form=form)
