"""Putting a template together: adding parts, ordering them with buttons or by dragging, taking them out."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.templates import drafting
from portal.features.templates.staff import forms
from portal.features.templates.staff.desk import desk_url, main_language, show_desk
from portal.kernel.db import read_id
from portal.kernel.refusal import NotFound, Refused
from portal.models.item_states import ItemKind
from portal.models.template.canonical import parse
from portal.models.templates import ProjectTemplate
from portal.models.turns import Part
from portal.web.buttons import say_with_undo
from portal.web.doors import find, viewer
from portal.web.forms import said

pages = Blueprint("template_outline", __name__)


@pages.post("/templates/<uuid:template_id>/milestones")
def add_milestone(template_id: UUID) -> ResponseReturnValue:
    """One more milestone."""
    template, form, made = find(ProjectTemplate, template_id), forms.AddStageForm(), list[str]()
    language = main_language(parse(template.draft))
    if form.submitted(lambda: made.append(drafting.add_stage(template, form.name.data or "", language=language, by=viewer()))):
        return redirect(desk_url(template_id, anchor=made[0]), 303)
    return show_desk(template, stage_form=form)


@pages.post("/templates/<uuid:template_id>/items")
def add_item(template_id: UUID) -> ResponseReturnValue:
    """One more item in a milestone, or in none."""
    template, form, made = find(ProjectTemplate, template_id), forms.AddItemForm(), list[str]()
    stage = request.form.get("stage", "")
    more = {"stage": stage, "first_section": _("First section"), "language": main_language(parse(template.draft))}

    def add() -> None:
        made.append(drafting.add_piece(template, ItemKind(form.kind.data), form.title.data or "", **more, by=viewer()))

    if form.submitted(add):
        return redirect(desk_url(template_id, part=f"items.{made[0]}"), 303)
    return show_desk(template, item_form=form, adding_to=stage)


@pages.post("/templates/<uuid:template_id>/roles")
def add_role(template_id: UUID) -> ResponseReturnValue:
    """One more role."""
    template, form = find(ProjectTemplate, template_id), forms.AddRoleForm()
    language = main_language(parse(template.draft))
    if form.submitted(lambda: drafting.add_role(template, form.name.data or "", Part(form.part.data), language=language, by=viewer())):
        return redirect(f"{desk_url(template_id)}#roles", 303)
    return show_desk(template, role_form=form)


@pages.post("/templates/<uuid:template_id>/parts/<key>/<any(up, down):way>")
def move(template_id: UUID, key: str, way: str) -> ResponseReturnValue:
    """A milestone or an item one place up or down."""
    template, by_places = find(ProjectTemplate, template_id), 1 if way == "down" else -1
    return _done(template, lambda: drafting.step(template, key, by_places=by_places, by=viewer()), anchor=key)


@pages.post("/templates/<uuid:template_id>/place")
def place(template_id: UUID) -> ResponseReturnValue:
    """A milestone or an item where it was dropped."""
    template, key = find(ProjectTemplate, template_id), request.form.get("key", "")
    where = {"stage": request.form.get("stage", ""), "before": request.form.get("before", "")}
    return _done(template, lambda: drafting.place(template, key, **where, by=viewer()), anchor=key)


@pages.post("/templates/<uuid:template_id>/parts/<key>/remove")
def remove(template_id: UUID, key: str) -> ResponseReturnValue:
    """Take a part out; the message offers to undo it."""
    template = find(ProjectTemplate, template_id)

    def take_out() -> None:
        drafting.remove(template, key, by=viewer())
        back = url_for("staff.templates.undo_at", template_id=template_id, rev=template.rev)
        say_with_undo(_("Removed from the draft."), undo=back)

    return _done(template, take_out)


@pages.post("/templates/<uuid:template_id>/items/<key>/questions")
def questions(template_id: UUID, key: str) -> ResponseReturnValue:
    """Go on to the questions of an item, in the editor that all questionnaires have."""
    template = find(ProjectTemplate, template_id)
    more = {"first_section": _("First section"), "language": main_language(parse(template.draft))}
    try:
        questionnaire = drafting.open_questions(template, key, **more, by=viewer())
    except Refused as refused:
        flash(said(refused), "warn")
        return redirect(desk_url(template_id), 303)
    return redirect(url_for("staff.questionnaires.edit", questionnaire_id=questionnaire.id), 303)


@pages.post("/templates/<uuid:template_id>/items/<key>/questions/take")
def take_questions(template_id: UUID, key: str) -> ResponseReturnValue:
    """Take over what one of the firm's questionnaires asks."""
    template = find(ProjectTemplate, template_id)
    try:
        drafting.take_questions(template, key, read_id(request.form.get("questionnaire")), by=viewer())
        flash(_("The questions are copied. Changing them here changes nothing in the questionnaire."), "done")
    except Refused as refused:
        flash(said(refused), "warn")
    return redirect(desk_url(template_id, part=f"items.{key}"), 303)


@pages.get("/templates/<uuid:template_id>/questionnaires/<key>")
def whose(template_id: UUID, key: str) -> ResponseReturnValue:
    """The item that asks with a questionnaire: where what is wrong with it can be mended."""
    draft = parse(find(ProjectTemplate, template_id).draft)
    owner = next((piece for piece in draft.items if piece.questionnaire == key), None)
    if owner is None:
        raise NotFound
    return redirect(desk_url(template_id, part=f"items.{owner.key}"), 303)


def _done(template: ProjectTemplate, work: Callable[[], object], *, anchor: str = "") -> ResponseReturnValue:
    own_id = template.id
    try:
        work()
    except Refused as refused:
        flash(said(refused), "warn")
    return redirect(desk_url(own_id, anchor=anchor), 303)
