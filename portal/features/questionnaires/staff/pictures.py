"""The picture of a note: chosen, drawn anew, told in words, shown in the editor and its preview."""

from __future__ import annotations

from contextlib import closing
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.questionnaires import drafting
from portal.features.questionnaires.forms import PictureForm
from portal.kernel.refusal import NotFound, Refused
from portal.kernel.words import best
from portal.kinds.previews.redrawing import NOTHING_CHOSEN
from portal.kinds.questionnaires import note_pictures
from portal.models.definition.canonical import parse
from portal.models.definition.shape import Question, Type
from portal.models.people import the_firm
from portal.models.questionnaires import Questionnaire
from portal.web.buttons import press
from portal.web.doors import begin_writing, find, reads_first, viewer
from portal.web.pictures import show_copy

pages = Blueprint("note_pictures", __name__)


@pages.route("/questionnaires/<uuid:questionnaire_id>/questions/<key>/picture", methods=["GET", "POST"])
@reads_first
def change(questionnaire_id: UUID, key: str) -> ResponseReturnValue:
    """Choose a picture for a note, or say in other words what it shows."""
    questionnaire = find(Questionnaire, questionnaire_id)
    note, language, back = _note(questionnaire, key), _language(), _back(questionnaire_id, key)
    form = PictureForm(alt=best(note.alt, language))
    if form.submitted(lambda: _keep(questionnaire_id, note, form, language=language)):
        return redirect(back, 303)
    questionnaire = find(Questionnaire, questionnaire_id)
    facts = {"note": note, "picture": note_pictures.pictures_of([note]).get(key), "back_to": back, "name": best(note.label, language)}
    return render_template("staff/questionnaires/picture.html", questionnaire=questionnaire, form=form, **facts)


@pages.get("/questionnaires/<uuid:questionnaire_id>/questions/<key>/picture/shown")
def picture(questionnaire_id: UUID, key: str) -> ResponseReturnValue:
    """The picture as the draft shows it."""
    found = note_pictures.pictures_of([_note(find(Questionnaire, questionnaire_id), key)])
    if key not in found:
        raise NotFound
    return show_copy(found[key])


@pages.post("/questionnaires/<uuid:questionnaire_id>/questions/<key>/picture/remove")
def remove(questionnaire_id: UUID, key: str) -> ResponseReturnValue:
    """Show no picture any more; versions that are published keep theirs."""
    questionnaire = find(Questionnaire, questionnaire_id)

    def take_out() -> None:
        drafting.set_picture(questionnaire, key, "", alt="", language="", by=viewer())

    return press(take_out, _("The picture is removed."), to=_back(questionnaire_id, key))


def _keep(questionnaire_id: UUID, note: Question, form: PictureForm, *, language: str) -> None:
    """Draw the picture anew while nobody waits, then keep it and what it shows."""
    file, drawn = request.files.get(form.picture.name), None
    if file is not None and file.filename:
        with closing(file):
            drawn = note_pictures.drawn(file.stream)
    elif not note.picture:
        raise Refused(NOTHING_CHOSEN, field="picture", status=422)
    begin_writing()
    questionnaire = find(Questionnaire, questionnaire_id)
    drafting.set_picture(questionnaire, note.key, drawn or note.picture, alt=form.alt.data or "", language=language, by=viewer())


def _note(questionnaire: Questionnaire, key: str) -> Question:
    note = parse(questionnaire.draft).question(key)
    if note is None or note.type is not Type.NOTE:
        raise NotFound
    return note


def _back(questionnaire_id: UUID, key: str) -> str:
    return url_for("staff.questionnaires.question", questionnaire_id=questionnaire_id, key=key)


def _language() -> str:
    return the_firm().language
