"""The client's side of the end of a project: two questions about how it was."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.closing import actions, queries
from portal.features.closing.forms import FeedbackForm
from portal.kernel.refusal import NotFound
from portal.kinds.closing.standing import closing_of
from portal.models import may
from portal.models.projects import Project
from portal.web.doors import find, viewer

pages = Blueprint("closing", __name__)


@pages.route("/projects/<uuid:project_id>/feedback", methods=["GET", "POST"])
def feedback(project_id: UUID) -> ResponseReturnValue:
    """Ask how it was, and what we should do differently."""
    project = find(Project, project_id)
    closing = closing_of(project_id)
    if not may.read_news(viewer(), project.client_id):
        raise NotFound
    given = queries.mine_about(closing, viewer().person_id)
    form = FeedbackForm(stars=str(given.stars) if given else None, words=given.words if given else "")
    if form.submitted(lambda: actions.give_feedback(project, int(form.stars.data), form.words.data or "", by=viewer())):
        flash(_("Thank you. That helps us."), "done")
        return redirect(url_for("client.home.project", project_id=project_id), 303)
    return render_template("client/closing/feedback.html", project=project, form=form, given=given, closing=closing)
