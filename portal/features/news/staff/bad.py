"""The firm's side of bad news: writing it whole, seeing when it reaches whom, and who has not read it."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.news import badly as actions
from portal.features.news import queries
from portal.features.news.badly import Written
from portal.features.news.forms import NewsForm
from portal.features.news.staff import pages
from portal.kernel.clock import now
from portal.kernel.refusal import Refused
from portal.kinds import reading
from portal.kinds.news import badly
from portal.models.clients import Client
from portal.models.news import BadNews
from portal.models.projects import Project
from portal.web.doors import find, viewer
from portal.web.forms import said


@pages.route("/projects/<uuid:project_id>/news/new", methods=["GET", "POST"])
def begin(project_id: UUID) -> ResponseReturnValue:
    """Begin bad news."""
    return _write(find(Project, project_id), None)


@pages.route("/news/<uuid:news_id>", methods=["GET", "POST"])
def bad(news_id: UUID) -> ResponseReturnValue:
    """Go on with a draft; or show what was sent, when it leaves, and who has read it."""
    news = find(BadNews, news_id)
    project = find(Project, news.project_id)
    if news.sent_at is None:
        return _write(project, news)
    done = badly.read_by(news.id)
    return render_template(
        "staff/news/bad_sent.html",
        news=news,
        project=project,
        client=find(Client, news.client_id),
        by=reading.person(news.by_id),
        decider=reading.person(news.decider_id),
        item=next((item for item in queries.decisions_of(project.id) if item.id == news.item_id), None),
        readers=[(person, done.get(person.id)) for person, _role in badly.readers_of(news.client_id)],
        newer=queries.correction_of(news.id),
    )


@pages.post("/news/<uuid:news_id>/correct")
def correct(news_id: UUID) -> ResponseReturnValue:
    """Begin a correction: a new one that starts with what was said."""
    old = find(BadNews, news_id)
    if old.sent_at is None:
        return redirect(url_for("staff.news.bad", news_id=news_id), 303)
    written = Written(dict(old.said), old.asks, old.decider_id, old.decide_by, None)
    try:
        made = actions.keep(find(Project, old.project_id), written, corrects=old, by=viewer())
    except Refused as refused:
        flash(said(refused), "warn")
        return redirect(url_for("staff.news.bad", news_id=news_id), 303)
    return redirect(url_for("staff.news.bad", news_id=made.id), 303)


def _write(project: Project, news: BadNews | None) -> ResponseReturnValue:
    """The form; what is typed is kept first, and sent if nothing is missing."""
    client = find(Client, project.client_id)
    form = NewsForm()
    people = [person for person, _role in badly.readers_of(client.id)]
    form.offer(people, queries.decisions_of(project.id), language=client.language)
    kept: list[BadNews] = [news] if news else []
    if not form.is_submitted() and news:
        form.show(news)
    if form.submitted(lambda: _keep(project, form, kept)):
        if request.form.get("act") != "send":
            flash(_("Kept as a draft. Nothing was sent."), "done")
            return redirect(url_for("staff.news.bad", news_id=kept[0].id), 303)
        try:
            actions.send(kept[0], by=viewer())
            flash(_("Sent."), "done")
            return redirect(url_for("staff.news.bad", news_id=kept[0].id), 303)
        except Refused as refused:
            form.refuse(refused)
            form.say_gaps(badly.gaps(kept[0]))
    project_id, draft = project.id, kept[0] if kept else None
    here = url_for("staff.news.bad", news_id=draft.id) if draft else url_for("staff.news.begin", project_id=project_id)
    leaving = badly.leaving(client.id)
    return render_template(
        "staff/news/bad.html", form=form, project=project, client=client, news=draft, here=here, leaving=leaving, soon=now()
    )


def _keep(project: Project, form: NewsForm, kept: list[BadNews]) -> None:
    kept[:] = [actions.keep(project, form.written(), news=kept[0] if kept else None, by=viewer())]
