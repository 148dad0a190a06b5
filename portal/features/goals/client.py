"""The client's side of goals: reading and proposing them, agreeing, putting them in order, and looking back."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.goals import actions, queries
from portal.features.goals.forms import GoalForm, ReviewForm
from portal.kernel.refusal import NotFound
from portal.kinds.ground.goals import goals_of
from portal.models import may
from portal.models.clients import Client
from portal.models.files import FromSide
from portal.models.ground.goals import Goal, Reached
from portal.models.projects import Project
from portal.web.buttons import press
from portal.web.doors import find, viewer
from portal.web.forms import revision_seen
from portal.web.ordering import order_asked

pages = Blueprint("goals", __name__)


@pages.get("/projects/<uuid:project_id>/goals")
def show(project_id: UUID) -> ResponseReturnValue:
    """Show what both sides want to reach, and what waits for this side."""
    project = _project(project_id)
    may_propose = project.is_running and may.propose_goal(viewer(), project.client_id)
    facts = queries.page_of(project, find(Client, project.client_id), side=FromSide.CLIENT)
    return render_template(
        "client/goals/show.html",
        may_propose=may_propose,
        may_agree=may.agree_goal(viewer(), project.client_id),
        may_take_back=lambda goal: may_propose and may.take_back_goal(viewer(), goal),
        **facts,
    )


@pages.route("/projects/<uuid:project_id>/goals/new", methods=["GET", "POST"])
def propose(project_id: UUID) -> ResponseReturnValue:
    """Let the client propose a goal."""
    project = _project(project_id, proposes=True)
    form = GoalForm()
    if form.submitted(lambda: actions.propose(project, form.aim(), by=viewer())):
        flash(_("Thank you. We look at it, and you see here what we say."), "done")
        return redirect(_place(project_id), 303)
    return render_template("client/goals/write.html", form=form, project=_project(project_id), goal=None)


@pages.post("/projects/<uuid:project_id>/goals/order")
def order(project_id: UUID) -> ResponseReturnValue:
    """Put the goals in the client's order."""
    project = _project(project_id)
    standing = goals_of(project, find(Client, project.client_id), side=FromSide.CLIENT)
    return press(lambda: actions.rank(project, order_asked(one.goal.id for one in standing.open), by=viewer()), "", to=_place(project_id))


@pages.route("/goals/<uuid:goal_id>/change", methods=["GET", "POST"])
def change(goal_id: UUID) -> ResponseReturnValue:
    """Let the client write a goal otherwise."""
    goal = find(Goal, goal_id)
    project_id = _project(goal.project_id, proposes=True).id
    form = GoalForm()
    if not form.is_submitted():
        form.show(goal)
    if form.submitted(lambda: actions.rewrite(goal, form.aim(), seen=revision_seen("n"), by=viewer())):
        flash(_("Kept. It needs a yes from both sides now."), "done")
        return redirect(_place(project_id), 303)
    return render_template("client/goals/write.html", form=form, project=_project(project_id), goal=find(Goal, goal_id))


@pages.post("/goals/<uuid:goal_id>/agree")
def agree(goal_id: UUID) -> ResponseReturnValue:
    """Say yes to a goal."""
    goal = find(Goal, goal_id)
    to = _place(_project(goal.project_id).id)
    return press(lambda: actions.agree(goal, seen=revision_seen("n"), by=viewer()), _("Agreed. It is written down."), to=to)


@pages.post("/goals/<uuid:goal_id>/take-back")
def take_back(goal_id: UUID) -> ResponseReturnValue:
    """Take back a goal the client proposed themselves."""
    goal = find(Goal, goal_id)
    return press(lambda: actions.give_up(goal, "", by=viewer()), _("Taken back."), to=_place(_project(goal.project_id).id))


@pages.route("/goals/<uuid:goal_id>/reached", methods=["GET", "POST"])
def review(goal_id: UUID) -> ResponseReturnValue:
    """Ask the client whether a goal was reached."""
    goal = find(Goal, goal_id)
    project_id = _project(goal.project_id).id
    if not may.agree_goal(viewer(), goal.client_id):
        raise NotFound
    form = ReviewForm()
    if form.submitted(lambda: actions.review(goal, Reached(form.reached.data), (form.words.data or "").strip(), by=viewer())):
        flash(_("Thank you. It stands here for both of us."), "done")
        return redirect(_place(project_id), 303)
    return render_template("client/goals/review.html", form=form, project=_project(project_id), goal=find(Goal, goal_id))


def _project(project_id: UUID, *, proposes: bool = False) -> Project:
    project = find(Project, project_id)
    allowed = may.propose_goal if proposes and viewer().seen_as is None else may.see_agreement
    if not allowed(viewer(), project.client_id):
        raise NotFound
    return project


def _place(project_id: UUID) -> str:
    return url_for("client.goals.show", project_id=project_id)
