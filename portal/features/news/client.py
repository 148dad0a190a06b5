"""The client's side of updates: the newest open, the rest by week, and a small box for a question or thanks."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.news import actions, queries
from portal.features.news.forms import ReplyForm
from portal.kinds import reading
from portal.models import may
from portal.models.clients import Client
from portal.models.news import WeeklyUpdate
from portal.models.projects import Project
from portal.web.doors import find, viewer
from portal.web.seen import note_opened

pages = Blueprint("news", __name__)


@pages.get("/updates")
def index() -> ResponseReturnValue:
    """Show the newest update, and the others by week."""
    sent = queries.sent()
    if sent:
        note_opened(sent[0][0], kind="update")
    return render_template("client/news/index.html", sent=sent, form=ReplyForm(formdata=None), may_answer=_may_answer)


@pages.route("/updates/<uuid:update_id>", methods=["GET", "POST"])
def show(update_id: UUID) -> ResponseReturnValue:
    """Show one update, and take a question or thanks."""
    update = find(WeeklyUpdate, update_id)
    form = ReplyForm()
    if form.submitted(lambda: actions.reply(update, form.words.data or "", by=viewer())):
        flash(_("Thank you. We have it."), "done")
        return redirect(url_for("client.news.show", update_id=update_id), 303)
    update = find(WeeklyUpdate, update_id)
    note_opened(update, kind="update")
    project = find(Project, update.project_id)
    return render_template(
        "client/news/show.html",
        update=update,
        project=project,
        lead=reading.person(project.lead_id),
        client=find(Client, update.client_id),
        replies=queries.replies_to(update.id),
        form=form,
        may_answer=_may_answer,
    )


def _may_answer(update: WeeklyUpdate) -> bool:
    return may.answer_news(viewer(), update.client_id)
