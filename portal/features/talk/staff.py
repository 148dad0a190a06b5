"""The firm's messages: all threads, those first that wait for an answer; notes that stay here, and messages looked at before they go."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.talk.forms import MessageForm, NoteForm
from portal.kernel.clock import now
from portal.kernel.db import read_id
from portal.kernel.refusal import NotFound
from portal.kinds.files.kind import why_held
from portal.kinds.previews import ordering as previews
from portal.kinds.talk import hearing, reading, saying, subject
from portal.kinds.talk import strays as kept
from portal.kinds.talk.saying import Writing
from portal.kinds.talk.subject import Subject
from portal.models.projects import Project
from portal.models.talk import CHANGES, Message, StrayMail
from portal.web.asking import page_number
from portal.web.buttons import press, say_with_undo
from portal.web.doors import find, reads_first, viewer
from portal.web.places import id_of
from portal.web.seen import note_read
from portal.web.talking import Finder, take

pages = Blueprint("talk", __name__)


@pages.get("/messages")
def index() -> ResponseReturnValue:
    """Show every thread."""
    rows, more = reading.rows(viewer(), n=page_number())
    return render_template("staff/talk/index.html", rows=rows, more=more, n=page_number(), strays=kept.how_many())


@pages.get("/messages/mail")
def strays() -> ResponseReturnValue:
    """Show the mails that came in and could not be filed."""
    return render_template("staff/talk/strays.html", strays=kept.strays(), whys=kept.WHYS)


@pages.post("/messages/mail/<uuid:mail_id>")
def settle(mail_id: UUID) -> ResponseReturnValue:
    """File such a mail as a note, or throw it away."""
    stray = find(StrayMail, mail_id)
    back = url_for("staff.talk.strays")
    if request.form.get("act") == "drop":
        return press(lambda: kept.throw_away(stray, by=viewer()), _("Thrown away."), to=back)
    project = find(Project, id_of(request.form.get("project", "")))
    return press(lambda: kept.file_as_note(stray, project, by=viewer()), _("Filed as a note."), to=back)


@pages.route("/messages/<uuid:project_id>", methods=["GET", "POST"])
@reads_first
def project(project_id: UUID) -> ResponseReturnValue:
    """The talk about a project."""
    return _talk(lambda: subject.of_project(project_id))


@pages.route("/items/<uuid:item_id>/messages", methods=["GET", "POST"])
@reads_first
def item(item_id: UUID) -> ResponseReturnValue:
    """The talk about one item."""
    return _talk(lambda: subject.of_item(item_id))


@pages.get("/messages/drafts/<uuid:message_id>")
def preview(message_id: UUID) -> ResponseReturnValue:
    """Show what would become visible, and to whom, before it is sent."""
    message = _own_draft(message_id)
    about, files = subject.of_message(message), reading.files_of([message.id]).get(message.id, [])
    return render_template(
        "staff/talk/preview.html",
        message=message,
        about=about,
        client=hearing.client_of(about),
        files=files,
        looks=previews.looks_of(files),
        held=[file for file in files if why_held(file)],
        readers=hearing.readers(about),
        to=_address(message),
    )


@pages.post("/messages/drafts/<uuid:message_id>/send")
def send(message_id: UUID) -> ResponseReturnValue:
    """Send what was looked at."""
    message = _own_draft(message_id)

    def do() -> None:
        saying.send(message, by=viewer())
        say_with_undo(_("Sent."), undo=url_for("staff.talk.take_back", message_id=message_id))

    return press(do, "", to=_address(message))


@pages.post("/messages/drafts/<uuid:message_id>/drop")
def drop(message_id: UUID) -> ResponseReturnValue:
    """Throw a draft away, or take a file off it."""
    message = _own_draft(message_id)
    file_id = read_id(request.form.get("file"))
    if file_id:
        preview_of = url_for("staff.talk.preview", message_id=message_id)
        return press(lambda: saying.detach(message, [file_id], by=viewer()), _("Removed."), to=preview_of)
    return press(lambda: saying.drop(message, by=viewer()), _("Thrown away. Nobody saw it."), to=_address(message))


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
    return render_template("staff/talk/change.html", message=find(Message, message_id), form=form, to=_address(message))


@pages.post("/messages/said/<uuid:message_id>/back")
def take_back(message_id: UUID) -> ResponseReturnValue:
    """Take back what one has just written."""
    message = find(Message, message_id)
    return press(lambda: saying.take_back(message, by=viewer()), _("Taken back. Nobody got an email about it."), to=_address(message))


@pages.post("/messages/<uuid:project_id>/answered")
def answered(project_id: UUID) -> ResponseReturnValue:
    """Note that what a client wrote needs no answer."""
    item_id = read_id(request.form.get("item"))

    def do() -> None:
        saying.need_no_answer(subject.of_item(item_id) if item_id else subject.of_project(project_id), by=viewer())

    return press(do, _("Noted: no answer needed."), to=url_for("staff.talk.index"))


def _talk(find_it: Finder) -> ResponseReturnValue:
    about, note, form = find_it(), NoteForm(), MessageForm()
    if note.is_submitted():
        inside = request.form.get("act") != "preview"
        if inside:
            message = take(note, find_it, Writing(note.note.data or "", inside=True), files="note_files")
        else:
            message = take(form, find_it, Writing(form.words.data or "", draft=True), files="files")
        if message and inside:
            flash(_("Noted. Only we read it."), "done")
            return redirect(f"{_address(message)}#m-{message.id}", 303)
        if message:
            return redirect(url_for("staff.talk.preview", message_id=message.id), 303)
        about = find_it()
    said = reading.said_in(about, viewer=viewer())
    thread = subject.thread_of(about)
    if thread and said:
        note_read(thread.id, newest=max(one.message.at for one in said if one.message.at))
    return render_template("staff/talk/show.html", note=note, form=form, thread=thread, said=said, **_facts(about, said, form))


def _facts(about: Subject, said: list[reading.Said], form: MessageForm) -> dict[str, object]:
    draft = reading.draft_of(about, by=viewer())
    if draft and not form.is_submitted():
        form.words.data = draft.words
    rows, _more = reading.rows(viewer(), client_id=about.client_id)
    return {
        "about": about,
        "client": hearing.client_of(about),
        "readers": hearing.readers(about),
        "draft": draft,
        "kept_files": reading.files_of([draft.id]).get(draft.id, []) if draft else [],
        "others": [row for row in rows if row.project.id == about.project.id and row.item != about.item],
        "looks": previews.looks_of(file for one in said for file in one.files),
        "minutes": int(CHANGES.total_seconds() // 60),
        "now": now(),
    }


def _own_draft(message_id: UUID) -> Message:
    """A draft of this person; a colleague's is not found."""
    message = find(Message, message_id)
    if not message.is_draft or message.removed_at or message.by_id != viewer().person_id:
        raise NotFound
    return message


def _address(message: Message) -> str:
    if message.item_id:
        return url_for("staff.talk.item", item_id=message.item_id)
    return url_for("staff.talk.project", project_id=message.project_id)
