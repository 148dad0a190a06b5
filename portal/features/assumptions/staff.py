"""The firm's side of assumptions: stating and changing them, what the client said, and what has to be looked at again."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.assumptions import actions
from portal.features.assumptions.forms import BeliefForm, LetGoForm
from portal.kernel.db import read_id
from portal.kinds.ground import building
from portal.kinds.ground.assumptions import assumptions_of
from portal.kinds.ground.desk import shaken_things
from portal.models.clients import Client
from portal.models.ground.assumptions import Assumption
from portal.models.projects import Project
from portal.web.buttons import press
from portal.web.doors import find, viewer
from portal.web.forms import revision_seen
from portal.web.money_typed import plain

pages = Blueprint("assumptions", __name__)


@pages.get("/projects/<uuid:project_id>/assumptions")
def show(project_id: UUID) -> ResponseReturnValue:
    """Show what we assume in a project, drafts too."""
    project = find(Project, project_id)
    facts = {"client": find(Client, project.client_id), "assumptions": assumptions_of(project_id)}
    return render_template("staff/assumptions/show.html", project=project, **facts)


@pages.route("/projects/<uuid:project_id>/assumptions/new", methods=["GET", "POST"])
def state(project_id: UUID) -> ResponseReturnValue:
    """Write down what we assume, and show it or keep it as a draft."""
    project = find(Project, project_id)
    form = BeliefForm()
    draft = request.form.get("act") == "keep"
    if form.submitted(lambda: actions.state(project, form.belief(), draft=draft, by=viewer())):
        flash(_("Kept as a draft. No client sees it.") if draft else _("The client sees it now, and is told by email."), "done")
        return redirect(_place(project_id), 303)
    project = find(Project, project_id)
    client = find(Client, project.client_id)
    return render_template("staff/assumptions/write.html", form=form, project=project, client=client, one=None)


@pages.post("/projects/<uuid:project_id>/assumptions/show")
def show_all(project_id: UUID) -> ResponseReturnValue:
    """Show the client every draft."""
    return press(
        lambda: actions.show_all(find(Project, project_id), by=viewer()),
        _("The client sees them now, and is told by email."),
        to=_place(project_id),
    )


@pages.post("/assumptions/<uuid:assumption_id>/show")
def show_one(assumption_id: UUID) -> ResponseReturnValue:
    """Show the client one draft."""
    one = find(Assumption, assumption_id)
    to = _place(one.project_id)
    return press(lambda: actions.show(one, by=viewer()), _("The client sees it now, and is told by email."), to=to)


@pages.route("/assumptions/<uuid:assumption_id>/change", methods=["GET", "POST"])
def change(assumption_id: UUID) -> ResponseReturnValue:
    """Assume something else."""
    one = find(Assumption, assumption_id)
    project_id, shown = one.project_id, one.shown_at
    form = BeliefForm()
    if not form.is_submitted():
        form.show(one)
    if form.submitted(lambda: actions.change(one, form.belief(), seen=revision_seen("n"), by=viewer())):
        flash(_("Kept. The client is asked anew, and what rests on it is marked.") if shown else _("Saved."), "done")
        return redirect(_place(project_id), 303)
    project = find(Project, project_id)
    facts = {"one": find(Assumption, assumption_id), "client": find(Client, project.client_id)}
    return render_template("staff/assumptions/write.html", form=form, project=project, **facts)


@pages.route("/assumptions/<uuid:assumption_id>/things", methods=["GET", "POST"])
def things(assumption_id: UUID) -> ResponseReturnValue:
    """Say what rests on an assumption."""
    one = find(Assumption, assumption_id)
    if request.method == "POST":
        keys = request.form.getlist("on")
        return press(lambda: building.build(one, keys, by=viewer()), _("Saved."), to=_place(one.project_id))
    project, client = find(Project, one.project_id), find(Client, one.client_id)
    facts = {"offered": building.places_in(one, client.language), "chosen": {thing.place for thing in building.built_on(one)}}
    return render_template("staff/assumptions/things.html", one=one, project=project, client=client, **facts)


@pages.get("/assumptions")
def to_check() -> ResponseReturnValue:
    """Show everything that rests on what is not so any more."""
    return render_template("staff/assumptions/to_check.html", shaken=shaken_things())


@pages.post("/assumptions/<uuid:assumption_id>/checked")
def checked(assumption_id: UUID) -> ResponseReturnValue:
    """Note that what rests on it was looked at: one thing, or all of it."""
    one = find(Assumption, assumption_id)
    only = read_id(request.args.get("basis"))
    to = url_for("staff.assumptions.to_check") if only else _place(one.project_id)
    return press(lambda: building.check(one, only=only, by=viewer()), _("Noted."), to=to)


@pages.route("/assumptions/<uuid:assumption_id>/let-go", methods=["GET", "POST"])
def let_go(assumption_id: UUID) -> ResponseReturnValue:
    """Go by it no more, or throw a draft away."""
    one = find(Assumption, assumption_id)
    project_id = one.project_id
    form = LetGoForm()
    if form.submitted(lambda: actions.let_go(one, plain(form.why.data), by=viewer())):
        flash(_("Done."), "done")
        return redirect(_place(project_id), 303)
    project = find(Project, project_id)
    facts = {"one": find(Assumption, assumption_id), "client": find(Client, project.client_id)}
    return render_template("staff/assumptions/let_go.html", form=form, project=project, **facts)


def _place(project_id: UUID) -> str:
    return url_for("staff.assumptions.show", project_id=project_id)
