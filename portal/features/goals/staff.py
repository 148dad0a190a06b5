"""The firm's side of goals: writing and showing them, agreeing, putting them in order, what serves them, and looking back."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.features.goals import actions, queries
from portal.features.goals.forms import GiveUpForm, GoalForm, ReviewForm
from portal.kernel.refusal import Refused
from portal.kinds.ground import building
from portal.kinds.ground.goals import goals_of
from portal.models.clients import Client
from portal.models.files import FromSide
from portal.models.ground.goals import Goal, Reached
from portal.models.projects import Project
from portal.web.buttons import press
from portal.web.doors import find, viewer
from portal.web.forms import revision_seen, said
from portal.web.ordering import order_asked

pages = Blueprint("goals", __name__)


@pages.get("/projects/<uuid:project_id>/goals")
def show(project_id: UUID) -> ResponseReturnValue:
    """Show the goals of a project, drafts too, and what waits for whom."""
    project = find(Project, project_id)
    return render_template("staff/goals/show.html", **queries.page_of(project, find(Client, project.client_id), side=FromSide.FIRM))


@pages.route("/projects/<uuid:project_id>/goals/new", methods=["GET", "POST"])
def propose(project_id: UUID) -> ResponseReturnValue:
    """Write down a goal, and show it or keep it as a draft."""
    project = find(Project, project_id)
    form = GoalForm()
    draft = request.form.get("act") == "keep"
    if form.submitted(lambda: actions.propose(project, form.aim(), draft=draft, by=viewer())):
        flash(_("Kept as a draft. No client sees it.") if draft else _("The client sees it now, and is told by email."), "done")
        return redirect(_place(project_id), 303)
    project = find(Project, project_id)
    return render_template("staff/goals/write.html", form=form, project=project, client=find(Client, project.client_id), goal=None)


@pages.post("/projects/<uuid:project_id>/goals/order")
def order(project_id: UUID) -> ResponseReturnValue:
    """Put the goals in our order."""
    project = find(Project, project_id)
    standing = goals_of(project, find(Client, project.client_id), side=FromSide.FIRM)
    return press(lambda: actions.rank(project, order_asked(one.goal.id for one in standing.open), by=viewer()), "", to=_place(project_id))


@pages.post("/projects/<uuid:project_id>/goals/show")
def show_all(project_id: UUID) -> ResponseReturnValue:
    """Show the client every draft."""
    return press(
        lambda: actions.show_all(find(Project, project_id), by=viewer()),
        _("The client sees them now, and is told by email."),
        to=_place(project_id),
    )


@pages.post("/projects/<uuid:project_id>/goals/reached")
def ask(project_id: UUID) -> ResponseReturnValue:
    """Ask both sides whether the goals were reached."""
    try:
        count = actions.ask_whether_reached(find(Project, project_id), by=viewer())
        flash(
            ngettext("Asked about one goal. They are told by email.", "Asked about %(num)s goals. They are told by email.", count), "done"
        )
    except Refused as refused:
        flash(said(refused), "warn")
    return redirect(_place(project_id), 303)


@pages.route("/goals/<uuid:goal_id>/change", methods=["GET", "POST"])
def change(goal_id: UUID) -> ResponseReturnValue:
    """Write a goal otherwise."""
    goal = find(Goal, goal_id)
    project_id, shown = goal.project_id, goal.shown_at
    form = GoalForm()
    if not form.is_submitted():
        form.show(goal)
    if form.submitted(lambda: actions.rewrite(goal, form.aim(), seen=revision_seen("n"), by=viewer())):
        flash(_("Kept. The client has to agree to the new text.") if shown else _("Saved."), "done")
        return redirect(_place(project_id), 303)
    project = find(Project, project_id)
    facts = {"goal": find(Goal, goal_id), "client": find(Client, project.client_id)}
    return render_template("staff/goals/write.html", form=form, project=project, **facts)


@pages.post("/goals/<uuid:goal_id>/<any(show, agree):verb>")
def move(goal_id: UUID, verb: str) -> ResponseReturnValue:
    """Show a draft to the client, or say yes to a goal for us."""
    goal = find(Goal, goal_id)
    to = _place(goal.project_id)
    if verb == "show":
        return press(lambda: actions.show(goal, by=viewer()), _("The client sees it now, and is told by email."), to=to)
    return press(lambda: actions.agree(goal, seen=revision_seen("n"), by=viewer()), _("Agreed for us."), to=to)


@pages.route("/goals/<uuid:goal_id>/things", methods=["GET", "POST"])
def things(goal_id: UUID) -> ResponseReturnValue:
    """Say what serves a goal."""
    goal = find(Goal, goal_id)
    if request.method == "POST":
        keys = request.form.getlist("on")
        return press(lambda: building.build(goal, keys, by=viewer()), _("Saved."), to=_place(goal.project_id))
    project, client = find(Project, goal.project_id), find(Client, goal.client_id)
    facts = {"offered": building.places_in(goal, client.language), "chosen": {thing.place for thing in building.built_on(goal)}}
    return render_template("staff/goals/things.html", goal=goal, project=project, client=client, **facts)


@pages.route("/goals/<uuid:goal_id>/give-up", methods=["GET", "POST"])
def give_up(goal_id: UUID) -> ResponseReturnValue:
    """Let go of a goal, or throw a draft away."""
    goal = find(Goal, goal_id)
    project_id = goal.project_id
    form = GiveUpForm()
    if form.submitted(lambda: actions.give_up(goal, (form.why.data or "").strip(), by=viewer())):
        flash(_("Done."), "done")
        return redirect(_place(project_id), 303)
    project = find(Project, project_id)
    facts = {"goal": find(Goal, goal_id), "client": find(Client, project.client_id)}
    return render_template("staff/goals/give_up.html", form=form, project=project, **facts)


@pages.route("/goals/<uuid:goal_id>/reached", methods=["GET", "POST"])
def review(goal_id: UUID) -> ResponseReturnValue:
    """Say for us whether a goal was reached."""
    goal = find(Goal, goal_id)
    project_id = goal.project_id
    form = ReviewForm()
    if form.submitted(lambda: actions.review(goal, Reached(form.reached.data), (form.words.data or "").strip(), by=viewer())):
        flash(_("Saved. The client reads it."), "done")
        return redirect(_place(project_id), 303)
    project = find(Project, project_id)
    facts = {"goal": find(Goal, goal_id), "client": find(Client, project.client_id)}
    return render_template("staff/goals/review.html", form=form, project=project, **facts)


def _place(project_id: UUID) -> str:
    return url_for("staff.goals.show", project_id=project_id)
