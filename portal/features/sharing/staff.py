"""Giving files to a client, and taking them back."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.sharing import actions, queries
from portal.features.sharing.forms import GiveForm, WithdrawForm
from portal.kernel.refusal import NotFound, Refused
from portal.kinds.files import landing, laying, room
from portal.kinds.files.landing import ToGive
from portal.kinds.previews import ordering as previews
from portal.models.files import Upload
from portal.models.projects import Project
from portal.models.sharing import Share
from portal.web.doors import begin_writing, find, reads_first, viewer
from portal.web.forms import answer_with
from portal.web.lines import line_words
from portal.web.places import id_of
from portal.web.receiving import Turned, sentence, take_all

pages = Blueprint("sharing", __name__)


@pages.route("/projects/<uuid:project_id>/give", methods=["GET", "POST"])
@reads_first
def give(project_id: UUID) -> ResponseReturnValue:
    """Let staff lay files ready, say whom they are for, and send them in one act."""
    project = find(Project, project_id)
    older = _older(project)
    form, contacts = GiveForm(), queries.contacts_of(project.client_id)
    form.offer(contacts)
    turned: list[Turned] = []
    if form.is_submitted() and _handle(project_id, form, older, turned):
        flash(_("Sent. Everybody they are for gets one email."), "done")
        return redirect(url_for("staff.files.index", client_id=project.client_id, project=project_id, side="firm"), 303)
    project, client = queries.place_of(project_id)
    files = laying.ready(project_id)
    facts = {
        "project": project,
        "client": client,
        "files": files,
        "looks": previews.looks_of(files),
        "begun": landing.unfinished(ToGive(project, older.id if older else None), by=viewer()),
        "words": line_words(ready=True),
        "older": find(Upload, older.id) if older else None,
        "contacts": contacts,
        "most": room.most_per_file(),
        "turned": [(each.name, sentence(each.finding)) for each in turned],
    }
    return render_template("staff/sharing/give.html", form=form, **facts)


@pages.route("/shares/<uuid:share_id>/withdraw", methods=["GET", "POST"])
def withdraw(share_id: UUID) -> ResponseReturnValue:
    """Take back what was given, with a word."""
    share = find(Share, share_id)
    project, client = queries.place_of(share.project_id)
    form = WithdrawForm()
    if form.submitted(lambda: actions.withdraw(share, form.words.data or "", by=viewer())):
        flash(_("Taken back. Nobody there can open it any more."), "done")
        return redirect(url_for("staff.files.index", client_id=client.id, project=project.id, side="firm"), 303)
    facts = {"share": share, "project": project, "client": client, "form": form}
    return render_template("staff/sharing/withdraw.html", files=queries.files_of(share_id), opened=queries.opened_by(share_id), **facts)


def _handle(project_id: UUID, form: GiveForm, older: Upload | None, turned: list[Turned]) -> bool:
    """Keep files that came, drop one, or send all; True when they were sent."""
    if not form.validate():
        answer_with(422)
        return False
    try:
        files = [file for file in request.files.getlist("files") if file.filename]
        if files:
            turned += take_all(files, to=lambda: ToGive(find(Project, project_id), older.id if older else None))
        begin_writing()
        project = find(Project, project_id)
        dropped = request.form.get("drop", "")
        if dropped:
            flash(_("“%(name)s” is removed.", name=actions.drop(project, id_of(dropped), by=viewer())), "done")
        if turned:
            answer_with(422)
        if turned or dropped or request.form.get("act") != "give":
            return False
        actions.give(project, form.note.data or "", to=form.readers(only=request.form.get("for") == "some"), by=viewer())
    except Refused as refused:
        form.refuse(refused)
        return False
    return True


def _older(project: Project) -> Upload | None:
    """The file of which a new version is sent, if one is named."""
    named = request.args.get("replaces", "")
    if not named:
        return None
    found = laying.was_given(project, id_of(named))
    if found is None:
        raise NotFound
    return found
