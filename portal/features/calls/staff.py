"""The firm's side of calls: how a contact wants to be called, taking one of the times they propose, and noting what was said."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.calls import actions, queries
from portal.features.calls.forms import DeclineForm, FixForm, NoteForm, RulesForm
from portal.kernel.clock import now
from portal.kinds import reading
from portal.kinds.calls import asking, noting, standing
from portal.models.calls import Call
from portal.models.clients import Client
from portal.models.people import Person
from portal.models.projects import Project
from portal.web import call_dates
from portal.web.doors import find, viewer
from portal.web.i18n import moment

pages = Blueprint("calls", __name__)


@pages.route("/clients/<uuid:client_id>/people/<uuid:person_id>/calls", methods=["GET", "POST"])
def wishes(client_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """Note how a contact wants to be called."""
    client, (contact, person) = find(Client, client_id), queries.contact(client_id, person_id)
    form = RulesForm.of(person)
    if form.submitted(lambda: actions.note_wish(contact, person, form.rules(person), form.phone.data or "", by=viewer())):
        flash(_("Saved."), "done")
        return redirect(url_for("staff.clients.person", client_id=client_id, person_id=person_id), 303)
    return render_template("staff/calls/wishes.html", form=form, client=client, person=person)


@pages.get("/projects/<uuid:project_id>/calls")
def index(project_id: UUID) -> ResponseReturnValue:
    """Show the calls of a project, and what was said in them."""
    project = find(Project, project_id)
    facts = {"client": find(Client, project.client_id), "calls": standing.calls_of(project.id)}
    return render_template("staff/calls/index.html", project=project, summaries=standing.summaries_of(project.id), **facts)


@pages.get("/calls/<uuid:call_id>")
def show(call_id: UUID) -> ResponseReturnValue:
    """Show who asks for a call, and what can be done about it."""
    return _page(find(Call, call_id))


@pages.post("/calls/<uuid:call_id>/fix")
def fix(call_id: UUID) -> ResponseReturnValue:
    """Take one of the times."""
    call, form = find(Call, call_id), FixForm()
    if not form.submitted(lambda: asking.fix(call, form.chosen, by=viewer())):
        return _page(call, fix=form)
    flash(_("You call then. They are told."), "done")
    return redirect(url_for("staff.calls.show", call_id=call_id), 303)


@pages.post("/calls/<uuid:call_id>/decline")
def decline(call_id: UUID) -> ResponseReturnValue:
    """Say that there is no call, and how it goes on."""
    call, form = find(Call, call_id), DeclineForm()
    if not form.submitted(lambda: asking.decline(call, form.answer.data or "", by=viewer())):
        return _page(call, decline=form)
    flash(_("They are told."), "done")
    return redirect(url_for("staff.calls.index", project_id=call.project_id), 303)


@pages.post("/calls/<uuid:call_id>/note")
def note(call_id: UUID) -> ResponseReturnValue:
    """Note what was said."""
    call, form = find(Call, call_id), NoteForm()
    project = find(Project, call.project_id)
    if not form.submitted(lambda: noting.of_call(call, project, form.note.data or "", summary=form.summary.data or "", by=viewer())):
        return _page(call, note=form)
    flash(_("Noted."), "done")
    return redirect(url_for("staff.calls.index", project_id=call.project_id), 303)


@pages.get("/calls/<uuid:call_id>/call.ics")
def ics(call_id: UUID) -> ResponseReturnValue:
    """Hand out the time of a call for the calendar."""
    return call_dates.ics(find(Call, call_id), door="staff")


def _page(call: Call, *, fix: FixForm | None = None, decline: DeclineForm | None = None, note: NoteForm | None = None) -> str:
    person, project = find(Person, call.person_id), find(Project, call.project_id)
    forms = {
        "fix": fix or FixForm(formdata=None),
        "decline": decline or DeclineForm(formdata=None),
        "note": note or NoteForm(formdata=None),
    }
    forms["fix"].offer([(slot, moment(slot)) for slot in call.times if slot > now()])
    wrong = next((form for form in (fix, decline, note) if form), None)
    facts = {"client": find(Client, call.client_id), "staffer": reading.person(call.staff_id), "item": queries.item_of(call)}
    return render_template("staff/calls/show.html", call=call, person=person, project=project, form=wrong, **forms, **facts)
