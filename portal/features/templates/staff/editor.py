"""The parts of a template, one at a time: what stands at the side of the outline. In its first language everything can be changed;
in the others its texts, each beside the first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.features.templates import drafting
from portal.features.templates.drafting import AnyPart
from portal.features.templates.staff import forms
from portal.features.templates.staff.desk import desk_url, in_tongue, main_language, part_of, show_desk, tongue_of
from portal.features.templates.staff.item_form import ItemForm
from portal.features.templates.staff.texts import Row, rows_of
from portal.kernel.refusal import NotFound, Refused
from portal.models.template.canonical import parse
from portal.models.template.shape import Piece, Role, Stage, Template
from portal.models.templates import ProjectTemplate
from portal.web.doors import find, viewer
from portal.web.forms import Form, answer_with

pages = Blueprint("template_editor", __name__)


@pages.route("/templates/<uuid:template_id>/about", methods=["GET", "POST"])
def about(template_id: UUID) -> ResponseReturnValue:
    """Its name, what it is for, languages and reminders."""
    template = find(ProjectTemplate, template_id)
    draft = parse(template.draft)
    if tongue_of(draft) != main_language(draft):
        return _texts(template, draft, ("name", "summary"))
    form, language = forms.WholeForm(), main_language(draft)
    form.offer(draft)

    def save() -> None:
        saw = form.saw.data or ""
        drafting.edit_whole(template, form.whole(draft), language=language, saw=saw, typing=forms.typing(), by=viewer())

    return _form(template, draft, form, save, fill=lambda: form.fill(draft, language))


@pages.route("/templates/<uuid:template_id>/milestones/<key>", methods=["GET", "POST"])
def milestone(template_id: UUID, key: str) -> ResponseReturnValue:
    """A milestone's name and days."""
    template, draft, stage = _found(template_id, key, Stage)
    if tongue_of(draft) != main_language(draft):
        return _texts(template, stage, (f"milestones.{key}.",))
    form, language = forms.StageForm(), main_language(draft)
    form.offer(draft, stage, language=language)
    return _form(template, stage, form, _saves(template, stage, form, form.stage, language), fill=lambda: form.fill(stage, language))


@pages.route("/templates/<uuid:template_id>/items/<key>", methods=["GET", "POST"])
def item(template_id: UUID, key: str) -> ResponseReturnValue:
    """Everything about one item."""
    template, draft, piece = _found(template_id, key, Piece)
    if tongue_of(draft) != main_language(draft):
        own = f"questionnaires.{piece.questionnaire}." if piece.questionnaire else f"items.{key}."
        return _texts(template, piece, (f"items.{key}.", own))
    form, language = ItemForm(), main_language(draft)
    form.offer(draft, piece, language=language)
    return _form(template, piece, form, _saves(template, piece, form, form.piece, language), fill=lambda: form.fill(piece, language))


@pages.route("/templates/<uuid:template_id>/roles/<key>", methods=["GET", "POST"])
def role(template_id: UUID, key: str) -> ResponseReturnValue:
    """Somebody the client names when a project starts."""
    template, draft, one = _found(template_id, key, Role)
    if tongue_of(draft) != main_language(draft):
        return _texts(template, one, (f"roles.{key}.",))
    form, language = forms.RoleForm(), main_language(draft)
    return _form(template, one, form, _saves(template, one, form, form.role, language), fill=lambda: form.fill(one, language))


@pages.route("/templates/<uuid:template_id>/texts", methods=["GET", "POST"])
def texts(template_id: UUID) -> ResponseReturnValue:
    """All texts in two languages, one beside the other."""
    template = find(ProjectTemplate, template_id)
    draft = parse(template.draft)
    tongue = tongue_of(draft) if "in" in request.args else next(iter(draft.languages[1:]), main_language(draft))
    refused: list[str] = []
    if request.method == "POST":
        refused = drafting.say(template, forms.typed_texts(), language=tongue, typing=forms.typing(), by=viewer())
        if not refused:
            return redirect(in_tongue(url_for("staff.template_editor.texts", template_id=template_id), _then(draft) or tongue), 303)
        answer_with(409)
    rows = rows_of(parse(template.draft), language=tongue, kept=refused)
    facts = {"draft": draft, "language": main_language(draft), "tongue": tongue, "refused": refused}
    return render_template("staff/templates/texts.html", template=template, rows=rows, **facts)


def _form(
    template: ProjectTemplate, part: Stage | Piece | Role | Template, form: Form, save: Callable[[], None], *, fill: Callable[[], None]
) -> ResponseReturnValue:
    """The form at the side: shown, or saved; after a conflict it knows what stands, so that saving again keeps the typed text."""
    own_id, place = template.id, part_of(part)

    def guarded() -> None:
        try:
            save()
        except drafting.Changed:
            form.saw.data = drafting.seen(_now(own_id, part))
            raise

    if form.submitted(guarded):
        return redirect(_after(own_id, place, part), 303)
    if request.method == "GET":
        fill()
        form.saw.data = drafting.seen(part)
    return show_desk(template, selected=_now(own_id, part), form=form)


def _texts(template: ProjectTemplate, part: Stage | Piece | Role | Template, places: Iterable[str]) -> ResponseReturnValue:
    """The texts of one part in another language, each beside the first."""
    own_id, draft = template.id, parse(template.draft)
    tongue, wanted = tongue_of(draft), tuple(places)
    refused: list[str] = []
    if request.method == "POST":
        refused = drafting.say(template, forms.typed_texts(), language=tongue, typing=forms.typing(), by=viewer())
        if not refused:
            return redirect(_after(own_id, part_of(part), part), 303)
        answer_with(409)
    rows: list[Row] = rows_of(parse(template.draft), language=tongue, kept=refused, only=wanted)
    return show_desk(template, selected=part, rows=rows, refused_texts=refused, form=None)


def _saves(
    template: ProjectTemplate, part: AnyPart, form: Form, typed: Callable[[AnyPart, str], AnyPart], language: str
) -> Callable[[], None]:
    def save() -> None:
        drafting.edit(template, part, lambda now: typed(now, language), saw=form.saw.data or "", typing=forms.typing(), by=viewer())

    return save


def _found(template_id: UUID, key: str, kind: type[AnyPart]) -> tuple[ProjectTemplate, Template, AnyPart]:
    template = find(ProjectTemplate, template_id)
    draft = parse(template.draft)
    try:
        return template, draft, drafting.found(draft, key, kind)
    except Refused:
        raise NotFound from None


def _now(template_id: UUID, part: Stage | Piece | Role | Template) -> Stage | Piece | Role | Template:
    draft = parse(find(ProjectTemplate, template_id).draft)
    if isinstance(part, Template):
        return draft
    rows: tuple[Stage | Piece | Role, ...] = (*draft.milestones, *draft.items, *draft.roles)
    return next((one for one in rows if one.key == part.key), part)


def _then(draft: Template) -> str:
    """The language whose tab was pressed instead of the button, so that what was typed is saved on the way."""
    wanted = request.form.get("then", "")
    return wanted if wanted in draft.languages else ""


def _after(template_id: UUID, place: str, part: Stage | Piece | Role | Template) -> str:
    draft = parse(find(ProjectTemplate, template_id).draft)
    then = _then(draft)
    if then or forms.is_autosave():
        return desk_url(template_id, part=place, tongue=then or tongue_of(draft))
    return desk_url(template_id, anchor="" if isinstance(part, Template) else part.key)
