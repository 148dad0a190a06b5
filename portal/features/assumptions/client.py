"""The client's side of assumptions: reading what we take for granted, and saying whether it is right."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.assumptions import actions
from portal.features.assumptions.forms import AnswerForm
from portal.kernel.refusal import NotFound
from portal.kinds import reading
from portal.kinds.ground.assumptions import assumptions_of
from portal.models import may
from portal.models.clients import Client
from portal.models.ground.assumptions import Assumption, Verdict
from portal.models.projects import Project
from portal.web.doors import find, viewer
from portal.web.forms import revision_seen
from portal.web.money_typed import plain

pages = Blueprint("assumptions", __name__)


@pages.get("/projects/<uuid:project_id>/assumptions")
def show(project_id: UUID) -> ResponseReturnValue:
    """Show what we take for granted, what nobody has answered first."""
    project = _project(project_id)
    return render_template(
        "client/assumptions/show.html",
        project=project,
        client=find(Client, project.client_id),
        lead=reading.person(project.lead_id),
        assumptions=assumptions_of(project_id),
        may_answer=project.is_running and may.answer_assumption(viewer(), project.client_id),
    )


@pages.route("/assumptions/<uuid:assumption_id>", methods=["GET", "POST"])
def answer(assumption_id: UUID) -> ResponseReturnValue:
    """Ask whether one thing we assume is right."""
    one = find(Assumption, assumption_id)
    project_id = _project(one.project_id).id
    if not may.answer_assumption(viewer(), one.client_id) and viewer().seen_as is None:
        raise NotFound
    form = AnswerForm(n=one.n, verdict=one.verdict.value if one.verdict else None, words=one.words)
    if form.submitted(lambda: _answer(one, form)):
        is_open = form.verdict.data == Verdict.UNKNOWN
        flash(_("Thank you. We ask on, and work with it meanwhile.") if is_open else _("Thank you. We go by what you said."), "done")
        return redirect(url_for("client.assumptions.show", project_id=project_id), 303)
    project = find(Project, project_id)
    facts = {"one": find(Assumption, assumption_id), "client": find(Client, project.client_id)}
    return render_template("client/assumptions/answer.html", form=form, project=project, looking=viewer().seen_as is not None, **facts)


def _answer(one: Assumption, form: AnswerForm) -> None:
    actions.answer(one, Verdict(form.verdict.data), plain(form.words.data), seen=revision_seen("n"), by=viewer())


def _project(project_id: UUID) -> Project:
    project = find(Project, project_id)
    if not may.see_agreement(viewer(), project.client_id):
        raise NotFound
    return project
