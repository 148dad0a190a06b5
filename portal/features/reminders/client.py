"""The client's side of reminders: answering the last one with a press, and switching one's own mails off and on again."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.reminders import actions, answering
from portal.kernel.refusal import N_, NotFound
from portal.models.clients import Client
from portal.models.people import Person
from portal.models.projects import Project
from portal.web.buttons import press
from portal.web.doors import find, viewer

pages = Blueprint("reminders", __name__)


DONE = {
    ("reminders", "on"): N_("Reminders reach you again."),
    ("reminders", "off"): N_("No reminder goes out to you by itself any more."),
    ("updates", "on"): N_("Weekly updates reach you by email again."),
    ("updates", "off"): N_("No weekly update goes out to you by email any more."),
}


@pages.post("/me/mails/<any(reminders, updates):what>/<any(on, off):turn>")
def switch(what: str, turn: str) -> ResponseReturnValue:
    """Switch mails of a sort to oneself."""
    who = viewer().person_id
    if who is None:
        raise NotFound
    me, on = find(Person, who), turn == "on"
    return press(lambda: actions.switch_mails(me, what, on=on, by=viewer()), _(DONE[what, turn]), to=url_for("client.me.show"))


@pages.route("/projects/<uuid:project_id>/what-suits-you", methods=["GET", "POST"])
def answer(project_id: UUID) -> ResponseReturnValue:
    """Answer the last reminder: another day for all of it, please call me, or we pause for now."""
    project, me = find(Project, project_id), viewer()
    client, home = find(Client, project.client_id), url_for("client.home.project", project_id=project_id)
    items, days = answering.asked_of(project, me), answering.days_for(client)
    if request.method == "GET":
        if not items:
            return redirect(home, 303)
        return render_template("client/reminders/answer.html", project=project, items=items, days=days)
    wish = request.form.get("answer", "")
    day = next((day for day in days if day.isoformat() == wish), None)
    if day:
        return press(lambda: answering.promise(project, day, by=me), _("Noted. We plan with that day."), to=home)
    if wish not in ("call", "pause"):  # a day of yesterday's page, which is not offered any more
        flash(_("Please choose one of these answers."), "warn")
        return redirect(url_for("client.reminders.answer", project_id=project_id), 303)
    if wish == "pause":
        words, done = _("We pause for now."), _("Noted. Nothing reminds you, and we answer.")
        return press(lambda: answering.tell(project, words, pause=True, by=me), done, to=home)
    if me.person_id and not find(Person, me.person_id).phone:
        return redirect(url_for("client.calls.index", project_id=project_id), 303)
    return press(lambda: answering.ask_call(project, _("Please call me."), by=me), _("Thank you. We call you."), to=home)
