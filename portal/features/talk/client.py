"""The client's messages: one thread per project, and one per item that was asked about."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.talk import queries
from portal.features.talk.forms import MessageForm
from portal.kernel.clock import now
from portal.kinds import reading as items
from portal.kinds.previews import ordering as previews
from portal.kinds.talk import reading, saying, subject
from portal.kinds.talk.saying import Writing
from portal.kinds.talk.subject import Subject
from portal.models import may
from portal.models.talk import Message
from portal.web.asking import page_number
from portal.web.buttons import press
from portal.web.doors import find, reads_first, viewer
from portal.web.seen import note_read
from portal.web.talking import Finder, take

pages = Blueprint("talk", __name__)


@pages.get("/messages")
def index() -> ResponseReturnValue:
    """Show every thread, or the only project's at once."""
    projects = queries.projects()
    rows, more = reading.rows(viewer(), n=page_number())
    if len(projects) == 1 and all(row.item is None for row in rows):
        return redirect(url_for("client.talk.project", project_id=projects[0].id), 303)
    begun = {row.project.id for row in rows if row.item is None}
    fresh = [project for project in projects if project.id not in begun and not project.is_closed]
    return render_template("client/talk/index.html", rows=rows, fresh=fresh, more=more, n=page_number(), several=len(projects) > 1)


@pages.route("/messages/<uuid:project_id>", methods=["GET", "POST"])
@reads_first
def project(project_id: UUID) -> ResponseReturnValue:
    """Talk about a project."""
    return _talk(lambda: subject.of_project(project_id))


@pages.route("/items/<uuid:item_id>/messages", methods=["GET", "POST"])
@reads_first
def item(item_id: UUID) -> ResponseReturnValue:
    """Talk about one item."""
    return _talk(lambda: subject.of_item(item_id))


@pages.route("/messages/said/<uuid:message_id>", methods=["GET", "POST"])
def change(message_id: UUID) -> ResponseReturnValue:
    """Change what one has just written."""
    message = find(Message, message_id)
    if request.method == "GET" and not message.may_change(viewer().person_id, at=now()):
        flash(_(saying.NO_LONGER), "warn")
        return redirect(_address(message), 303)
    form = MessageForm(words=message.words)
    if form.submitted(lambda: saying.change(message, form.words.data or "", by=viewer())):
        flash(_("Changed."), "done")
        return redirect(_address(message), 303)
    return render_template("client/talk/change.html", message=find(Message, message_id), form=form, to=_address(message))


@pages.post("/messages/said/<uuid:message_id>/back")
def take_back(message_id: UUID) -> ResponseReturnValue:
    """Take back what one has just written."""
    message = find(Message, message_id)
    return press(lambda: saying.take_back(message, by=viewer()), _("Taken back. Nobody got an email about it."), to=_address(message))


def _talk(find_it: Finder) -> ResponseReturnValue:
    about, form = find_it(), MessageForm()
    if form.is_submitted():
        message = take(form, find_it, Writing(form.words.data or ""), files="files")
        if message:
            flash(_("Sent."), "done")
            return redirect(f"{_address(message)}#m-{message.id}", 303)
        about = find_it()
    said = reading.said_in(about, viewer=viewer())
    thread = subject.thread_of(about)
    if thread and said:
        note_read(thread.id, newest=max(one.message.at for one in said if one.message.at))
    return render_template("client/talk/show.html", form=form, said=said, **_facts(about, said))


def _facts(about: Subject, said: list[reading.Said]) -> dict[str, object]:
    return {
        "about": about,
        "lead": items.person(about.project.lead_id),
        "others": [row for row in reading.rows(viewer())[0] if row.project.id == about.project.id and row.item != about.item],
        "looks": previews.looks_of(file for one in said for file in one.files),
        "may_write": may.write_message(viewer(), about.client_id, about.item),
    }


def _address(message: Message) -> str:
    if message.item_id:
        return url_for("client.talk.item", item_id=message.item_id)
    return url_for("client.talk.project", project_id=message.project_id)
