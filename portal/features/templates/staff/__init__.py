"""The firm's templates: the list, a new one, putting one away, and its versions with what each of them changed."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.templates import actions, queries
from portal.features.templates.shipped import shipped
from portal.features.templates.staff.desk import desk_url, main_language, show_desk
from portal.features.templates.staff.forms import NewForm
from portal.kernel.refusal import Refused
from portal.models.people import the_firm
from portal.models.template.canonical import parse
from portal.models.template.comparing import changes
from portal.models.templates import ProjectTemplate
from portal.web import template_words
from portal.web.buttons import press, say_with_undo
from portal.web.doors import find, viewer
from portal.web.forms import answer_with, revision_seen, said

pages = Blueprint("templates", __name__)


@pages.get("/templates")
def shelf() -> ResponseReturnValue:
    """All templates of the firm."""
    archived = "archived" in request.args
    rows, put_away = queries.SHELF.all(archived=archived), queries.SHELF.archived_count()
    return render_template("staff/templates/list.html", rows=rows, archived=archived, put_away=put_away)


@pages.route("/templates/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """A new template: blank, or a copy of another."""
    form, own_id = NewForm(start=request.args.get("like", "")), uuid4()
    form.offer(queries.SHELF.all())
    if form.submitted(lambda: actions.create(own_id, form.name.data or "", language=_language(), draft=form.draft(), by=viewer())):
        return redirect(desk_url(own_id), 303)
    return render_template("staff/templates/new.html", form=form, books=shipped()[:3])


@pages.get("/templates/<uuid:template_id>/publish")
def check(template_id: UUID) -> ResponseReturnValue:
    """What the next version changes, and what keeps it from being published."""
    return _check(find(ProjectTemplate, template_id))


@pages.post("/templates/<uuid:template_id>/publish")
def publish(template_id: UUID) -> ResponseReturnValue:
    """Make the draft the version projects start from, or say what keeps it."""
    template = find(ProjectTemplate, template_id)
    try:
        n = actions.publish(template, rev=revision_seen(), by=viewer())
    except Refused as refused:
        answer_with(refused.status)
        return _check(template, refused=said(refused))
    flash(_("Version %(n)s is published. New projects start from it; running ones keep theirs.", n=n), "done")
    return redirect(desk_url(template_id), 303)


@pages.get("/templates/<uuid:template_id>/versions")
def versions(template_id: UUID) -> ResponseReturnValue:
    """Every version that was published, the latest first, with what it changed."""
    template = find(ProjectTemplate, template_id)
    rows = queries.versions(template_id)
    language = main_language(parse(template.draft))
    told = {row.version.n: [template_words.change_words(one, language) for one in row.changes] for row in rows}
    return render_template("staff/templates/versions.html", template=template, shelved=queries.SHELF.one(template), rows=rows, told=told)


@pages.post("/templates/<uuid:template_id>/<any(undo, redo):way>")
def walk(template_id: UUID, way: str) -> ResponseReturnValue:
    """Undo the last change, or redo what was undone last."""
    template, rev = find(ProjectTemplate, template_id), revision_seen()
    done = _("The last change was taken back.") if way == "undo" else _("The change stands again.")
    return press(lambda: actions.walk(template, way, rev=rev, by=viewer()), done, to=desk_url(template_id))


@pages.post("/templates/<uuid:template_id>/undo/<int:rev>")
def undo_at(template_id: UUID, rev: int) -> ResponseReturnValue:
    """Bring back what was just removed, unless something was changed since."""
    template = find(ProjectTemplate, template_id)
    return press(lambda: actions.walk(template, "undo", rev=rev, by=viewer()), "", to=desk_url(template_id))


@pages.post("/templates/<uuid:template_id>/<any(archive, restore):verb>")
def put_away(template_id: UUID, verb: str) -> ResponseReturnValue:
    """Offer it no longer, or again."""
    template = find(ProjectTemplate, template_id)
    if verb == "restore":
        return press(lambda: actions.restore(template, by=viewer()), "", to=desk_url(template_id))
    actions.archive(template, by=viewer())
    back = url_for("staff.templates.put_away", template_id=template_id, verb="restore")
    say_with_undo(_("Archived. Projects that came of it go on."), undo=back)
    return redirect(url_for("staff.templates.shelf"), 303)


@pages.get("/templates/<uuid:template_id>")
def show(template_id: UUID) -> ResponseReturnValue:
    """The draft: milestones and items in order."""
    return show_desk(find(ProjectTemplate, template_id))


def _check(template: ProjectTemplate, *, refused: str = "") -> ResponseReturnValue:
    shelved = queries.SHELF.one(template)
    draft = shelved.draft
    language = main_language(draft)
    before = parse(shelved.latest.document) if shelved.latest else None
    told = [template_words.change_words(one, language) for one in changes(before, draft)] if before else []
    hindrances = [
        (desk_url(template.id, part=problem.part), template_words.problem_words(draft, problem)) for problem in queries.lacks(draft)
    ]
    facts = {"template": template, "shelved": shelved, "draft": draft, "refused": refused}
    return render_template("staff/templates/publish.html", told=told, hindrances=hindrances, **facts)


def _language() -> str:
    return the_firm().language
