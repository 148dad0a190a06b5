"""The buttons inside a section besides its last ones: another row, a row less, files added or taken off."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.features.questionnaires import actions, earlier
from portal.kernel.refusal import NotFound, Refused
from portal.kernel.scope import find
from portal.kernel.viewer import Viewer
from portal.kinds import verdicts
from portal.kinds.landing import OnQuestion
from portal.kinds.questionnaires import question_for_files
from portal.models.definition.shape import Section, Type
from portal.models.item_states import ItemKind
from portal.models.items import Item
from portal.web.doors import viewer
from portal.web.forms import said
from portal.web.places import find_item, id_of
from portal.web.receiving import Turned, sentence, take_all

pages = Blueprint("answers", __name__)


@pages.post("/items/<uuid:item_id>/answers/<key>/files")
def take(item_id: UUID, key: str) -> ResponseReturnValue:
    """Take files in while the page stays open; the list as it is then."""
    limits = viewer().limits(item_id)
    if limits is not None and key not in limits:
        raise NotFound
    question = question_for_files(find_item(item_id, ItemKind.QUESTIONNAIRE), key)
    try:
        turned = _take(item_id, key)
    except Refused as refused:
        return jsonify(messages=[said(refused)]), 422
    item = find_item(item_id, ItemKind.QUESTIONNAIRE)
    files = OnQuestion(item, question).files()
    html = render_template("client/questionnaires/_files.html", item=item, question=question, files=files)
    return jsonify(html=html, files=len(files), messages=[sentence(one.finding) for one in turned])


def take_files(item_id: UUID, shown: Section) -> Mapping[str, list[Turned]]:
    """Take in the files a section's form brought; what was turned away, by question."""
    asked = [one.key for one in shown.questions if one.type is Type.FILE and any(file.filename for file in request.files.getlist(one.key))]
    return {key: turned for key in asked if (turned := _take(item_id, key))}


def tell(turned: Mapping[str, list[Turned]]) -> str:
    """Say what was turned away; where to look for it."""
    for files in turned.values():
        for one in files:
            flash(sentence(one.finding), "warn")
    return next(iter(turned))


def act(item_id: UUID, n: int, *, by: Viewer) -> str:
    """Do what a button inside the section says; where to go on, or nothing when it was one of the last ones."""
    verb, _dot, rest = request.form.get("act", "").partition(".")
    key, _dot, more = rest.partition(".")
    if verb not in ("more", "stay", "remove", "drop", "take"):
        return ""
    if verb == "take":
        count = earlier.take(find(Item, item_id), [key] if key else request.form.getlist("earlier"), by=by)
        if not key:
            words = ngettext("Taken over. Please look whether it is right.", "%(num)s answers taken over. Please look through them.", count)
            flash(words, "done")
    if verb == "remove":
        actions.remove_row(find(Item, item_id), key, more, by=by)
    if verb == "drop":
        flash(_("“%(name)s” is removed.", name=actions.remove_file(find(Item, item_id), key, id_of(more), by=by)), "done")
    again = key if verb == "more" else None
    return url_for("client.questionnaires.section", item_id=item_id, n=n, more=again, come=request.args.get("come"), _anchor=key)


def _take(item_id: UUID, key: str) -> list[Turned]:
    files = [file for file in request.files.getlist(key) if file.filename]

    def place() -> OnQuestion:
        item = find(Item, item_id)
        verdicts.need_open(item, key)
        return OnQuestion(item, question_for_files(item, key))

    return take_all(files, to=place)
