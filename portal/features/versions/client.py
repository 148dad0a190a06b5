"""Sending a new version of a file that is with the client still."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from portal.features.versions import actions
from portal.features.versions.forms import VersionForm
from portal.kernel.refusal import Refused
from portal.kinds import reading
from portal.kinds.files import landing
from portal.kinds.files.kind import spec_of
from portal.kinds.files.landing import ONE_FILE, OnItem
from portal.models.files import Upload
from portal.models.item_states import WITH_CLIENT, ItemKind
from portal.models.items import Item
from portal.storage.checks import accept
from portal.web.doors import find, reads_first, viewer
from portal.web.forms import answer_with
from portal.web.lines import line_words
from portal.web.places import find_item, item_url
from portal.web.receiving import Turned, sentence, take_all

pages = Blueprint("versions", __name__)


@pages.route("/items/<uuid:item_id>/files/<uuid:upload_id>/version", methods=["GET", "POST"])
@reads_first
def new(item_id: UUID, upload_id: UUID) -> ResponseReturnValue:
    """Let the client choose the one file that takes the place of another."""
    item = find_item(item_id, ItemKind.FILES)
    older = actions.one_of(item, find(Upload, upload_id))
    form, turned = VersionForm(), []
    if form.is_submitted():
        turned = _take(item_id, upload_id, form)
        if not turned and not form.problems:
            flash(_("The new version is saved. The older one can still be opened."), "done")
            return redirect(url_for("client.uploads.item", item_id=item_id), 303)
        answer_with(422)
    item, older = find(Item, item_id), find(Upload, upload_id)
    if item.state not in WITH_CLIENT or reading.resting(item):
        return redirect(item_url(item), 303) if not form.is_submitted() else _page(item, older, form, turned)
    return _page(item, older, form, turned)


def _page(item: Item, older: Upload, form: VersionForm, turned: list[Turned]) -> str:
    words = [sentence(each.finding) for each in turned]
    begun = landing.unfinished(OnItem(item, older.id), by=viewer())
    facts = {"item": item, "older": older, "form": form, "turned": words, "begun": begun, "words": line_words()}
    return render_template("client/versions/new.html", accept=accept(spec_of(item).types), **facts)


def _take(item_id: UUID, upload_id: UUID, form: VersionForm) -> list[Turned]:
    """Take in the one file; returns it when it was turned away, with why."""
    files = [file for file in request.files.getlist("file") if file.filename]
    try:
        return _received(item_id, upload_id, files)
    except Refused as refused:
        form.refuse(refused)
        return []


def _received(item_id: UUID, upload_id: UUID, files: list[FileStorage]) -> list[Turned]:
    OnItem(find(Item, item_id), upload_id).may_add(1, by=viewer())
    if len(files) != 1:
        raise Refused(ONE_FILE, field="file", status=422)
    return take_all(files, to=lambda: OnItem(find(Item, item_id), upload_id))
