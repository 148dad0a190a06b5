"""The client's side of calls: how they want to be called, asking for one, and whether we understood it right."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.calls import actions
from portal.features.calls.forms import AskForm, RulesForm, SettleForm
from portal.kernel.db import read_id
from portal.kernel.refusal import NotFound
from portal.kinds import reading
from portal.kinds.calls import asking, noting, standing
from portal.models import may
from portal.models.calls import Call, CallSummary
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Project
from portal.web import call_dates
from portal.web.buttons import press
from portal.web.doors import find, viewer

pages = Blueprint("calls", __name__)


@pages.route("/me/calls", methods=["GET", "POST"])
def wishes() -> ResponseReturnValue:
    """Say how one wants to be called."""
    person = _myself()
    form = RulesForm.of(person)
    if form.submitted(lambda: actions.wish(person, form.rules(person), form.phone.data or "", by=viewer())):
        flash(_("Saved. We see this beside your number before we call."), "done")
        return redirect(url_for("client.me.show"), 303)
    return render_template("client/calls/wishes.html", form=form, person=person)


@pages.route("/projects/<uuid:project_id>/calls", methods=["GET", "POST"])
def index(project_id: UUID) -> ResponseReturnValue:
    """Ask for a call, and read what was said in those before."""
    project, person = find(Project, project_id), _myself()
    item = _about(project)
    form = AskForm(phone=person.phone)
    if form.submitted(lambda: asking.ask(project, form.wish(person.zone), item=item, by=viewer())):
        flash(_("Thank you. We choose one of your times and write to you."), "done")
        return redirect(url_for("client.calls.index", project_id=project_id), 303)
    calls = standing.calls_of(project.id)
    return render_template(
        "client/calls/index.html",
        project=project,
        person=person,
        item=item,
        form=form,
        calls=[(call, who) for call, who in calls if call.is_open or call.answer],
        waits=any(call.is_open and who.id == person.id for call, who in calls),
        may_ask=may.ask_call(viewer(), project.client_id) and not project.is_closed,
        summaries=standing.summaries_of(project.id),
        lead=reading.person(project.lead_id),
    )


@pages.post("/calls/<uuid:call_id>/withdraw")
def withdraw(call_id: UUID) -> ResponseReturnValue:
    """Take the wish for a call back."""
    call = find(Call, call_id)
    to = url_for("client.calls.index", project_id=call.project_id)
    return press(lambda: asking.withdraw(call, by=viewer()), _("Taken back. We do not call."), to=to)


@pages.get("/calls/<uuid:call_id>/call.ics")
def ics(call_id: UUID) -> ResponseReturnValue:
    """Hand out the time of a call for the calendar."""
    return call_dates.ics(find(Call, call_id), door="client")


@pages.route("/calls/summaries/<uuid:summary_id>", methods=["GET", "POST"])
def summary(summary_id: UUID) -> ResponseReturnValue:
    """Show what we understood, and take whether it is right."""
    found = find(CallSummary, summary_id)
    form = SettleForm()
    words = "" if request.form.get("act") == "right" else form.words.data or ""
    if form.submitted(lambda: noting.settle(found, words, corrects=request.form.get("act") != "right", by=viewer())):
        flash(_("Thank you. It is written down like this."), "done")
        return redirect(url_for("client.calls.summary", summary_id=summary_id), 303)
    facts = {"project": find(Project, found.project_id), "by": reading.person(found.by_id), "who": reading.person(found.person_id)}
    own = found.person_id == viewer().person_id and not viewer().seen_as
    return render_template("client/calls/summary.html", summary=found, form=form, own=own, **facts)


def _myself() -> Person:
    person_id = viewer().person_id
    if person_id is None:
        raise NotFound
    return find(Person, person_id)


def _about(project: Project) -> Item | None:
    """The item somebody asks about, if they came from one of this project."""
    item_id = read_id(request.args.get("item"))
    item = find(Item, item_id) if item_id else None
    return item if item and item.project_id == project.id else None
