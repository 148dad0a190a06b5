"""The client's side of updates: the newest open, the rest by week, and a small box for a question or thanks."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.news import badly as actions_bad
from portal.features.news import queries
from portal.features.news.forms import ReplyForm
from portal.kernel.refusal import NotFound
from portal.kinds import reading
from portal.kinds.news import badly
from portal.kinds.talk import saying, subject
from portal.kinds.talk.saying import Writing
from portal.models import may
from portal.models.clients import Client
from portal.models.items import Item
from portal.models.news import BadNews, WeeklyUpdate
from portal.models.people import Person
from portal.models.projects import Project
from portal.models.talk import Message
from portal.web.buttons import press
from portal.web.doors import find, viewer
from portal.web.seen import note_opened

pages = Blueprint("news", __name__)


@pages.get("/updates")
def index() -> ResponseReturnValue:
    """Show the newest update, and the others by week."""
    sent = queries.sent()
    if sent:
        note_opened(sent[0][0], kind="update")
    unread = {news.id for news in queries.not_read(viewer().person_id)}
    facts = {"bad": queries.bad_news(), "unread": unread, "form": ReplyForm(formdata=None), "may_write": _may_write}
    return render_template("client/news/index.html", sent=sent, **facts)


@pages.route("/updates/<uuid:update_id>", methods=["GET", "POST"])
def show(update_id: UUID) -> ResponseReturnValue:
    """Show one update, and take a question or thanks."""
    update = find(WeeklyUpdate, update_id)
    form = ReplyForm()
    if form.submitted(lambda: _say(update, form.words.data or "")):
        flash(_("Thank you. We have it, and answer in your messages."), "done")
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
        below=queries.below(update.id),
        form=form,
        may_write=_may_write(update),
    )


@pages.get("/updates/news/<uuid:news_id>")
def bad(news_id: UUID) -> ResponseReturnValue:
    """Show bad news, and ask whether it was read."""
    news = find(BadNews, news_id)
    project = find(Project, news.project_id)
    item = _decided_at(news)
    return render_template(
        "client/news/bad.html",
        news=news,
        project=project,
        lead=reading.person(project.lead_id),
        decider=reading.person(news.decider_id),
        item=item,
        read_at=badly.read_by(news.id).get(viewer().person_id or news.id),
        newer=queries.correction_of(news.id),
        may_answer=_may_answer(news),
    )


@pages.post("/updates/news/<uuid:news_id>/read")
def read(news_id: UUID) -> ResponseReturnValue:
    """Note that it was read."""
    news = find(BadNews, news_id)
    return press(
        lambda: actions_bad.note_read(news, by=viewer()),
        _("Thank you. We know that you read it."),
        to=url_for("client.news.bad", news_id=news_id),
    )


@pages.post("/me/bad-news")
def prefer() -> ResponseReturnValue:
    """Say whether bad news may come at night and on days off."""
    person_id = viewer().person_id
    if person_id is None:
        raise NotFound
    wanted = bool(request.form.get("at_any_time"))
    to = url_for("client.me.show")
    return press(lambda: actions_bad.prefer(find(Person, person_id), at_any_time=wanted, by=viewer()), _("Saved."), to=to)


def _decided_at(news: BadNews) -> Item | None:
    """Where it is decided, if the viewer may see that."""
    return next((item for item in queries.decisions_of(news.project_id) if item.id == news.item_id), None)


def _say(update: WeeklyUpdate, words: str) -> Message:
    """Write below an update, which is a message about its project."""
    return saying.say(subject.of_project(update.project_id), Writing(words, update_id=update.id), by=viewer())


def _may_write(update: WeeklyUpdate) -> bool:
    return may.answer_news(viewer(), update.client_id) and may.write_message(viewer(), update.client_id, None)


def _may_answer(news: BadNews) -> bool:
    return may.answer_news(viewer(), news.client_id)
