"""Templates as files: the shipped ones to start with, bringing one in, handing one out, and what each language lacks."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.templates import bringing, queries
from portal.features.templates.forms import FileForm
from portal.features.templates.shipped import copies, one, shipped
from portal.features.templates.staff.desk import words_of
from portal.models.people import the_firm
from portal.models.template.editing import grouped
from portal.models.template.file.writing import write
from portal.models.template.publishing import gaps
from portal.models.templates import ProjectTemplate
from portal.storage.names import content_disposition
from portal.web import i18n, template_words
from portal.web.doors import find, viewer
from portal.web.forms import answer_with

pages = Blueprint("template_files", __name__)


@pages.get("/templates/library")
def library() -> ResponseReturnValue:
    """The templates that come with the portal."""
    return render_template("staff/templates/library.html", books=shipped(), copies=copies())


@pages.get("/templates/library/<shipped_key>")
def book(shipped_key: str) -> ResponseReturnValue:
    """One of them at a glance."""
    found = one(shipped_key)
    facts = {"draft": found.template, "groups": grouped(found.template), **words_of(found.template, i18n.language())}
    return render_template("staff/templates/book.html", book=found, copy=copies().get(found.key), **facts)


@pages.post("/templates/library/<shipped_key>")
def take(shipped_key: str) -> ResponseReturnValue:
    """Add one to the firm's own."""
    row = bringing.take(one(shipped_key), language=the_firm().language, by=viewer())
    flash(_("Added to your templates. Projects can begin from it, and you can change every word."), "done")
    return redirect(url_for("staff.templates.show", template_id=row.id), 303)


@pages.route("/templates/import", methods=["GET", "POST"])
def bring() -> ResponseReturnValue:
    """Bring a template in from a file or from text; first look, then keep."""
    form = FileForm.over(queries.SHELF.all())
    looked = bringing.look(form.brought()) if form.is_submitted() else None
    if looked and looked.template and form.keep.data:
        template, kept = looked.template, list[ProjectTemplate]()
        if form.submitted(lambda: kept.append(bringing.bring(template, into=_into(form), by=viewer()))):
            flash(_("It is here as a draft. Look it over, then publish it."), "done")
            return redirect(url_for("staff.templates.show", template_id=kept[0].id), 303)
    if looked and looked.faults:
        answer_with(422)
    return render_template("staff/templates/import.html", form=form, looked=looked, fault_words=template_words.fault_words)


@pages.get("/templates/<uuid:template_id>/file")
def file(template_id: UUID) -> ResponseReturnValue:
    """Hand out the draft as one YAML file."""
    template = find(ProjectTemplate, template_id)
    response = Response(write(queries.SHELF.one(template).draft), mimetype="application/yaml")
    response.headers["Content-Disposition"] = content_disposition(f"{template.name}.yaml")
    return response


@pages.get("/templates/<uuid:template_id>/languages")
def languages(template_id: UUID) -> ResponseReturnValue:
    """What each language of a template lacks, and which of them its clients read."""
    template = find(ProjectTemplate, template_id)
    draft, used = queries.SHELF.one(template).draft, queries.read_by_clients()
    lacking = {code: [template_words.problem_words(draft, one) for one in gaps(draft, code)] for code in draft.languages}
    return render_template("staff/templates/languages.html", template=template, draft=draft, lacking=lacking, used=used)


def _into(form: FileForm) -> ProjectTemplate | None:
    return find(ProjectTemplate, UUID(form.into.data)) if form.into.data else None
