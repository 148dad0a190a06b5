"""Staff pages about templates: the shelf, one template at a glance, and its way from draft to version to archive."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.templates import actions, queries
from portal.features.templates.forms import NameForm
from portal.kernel.refusal import Refused
from portal.models.people import the_firm
from portal.models.templates import ProjectTemplate
from portal.web.buttons import press
from portal.web.doors import find, viewer
from portal.web.forms import answer_with, said

pages = Blueprint("templates", __name__)


@pages.get("/templates")
def shelf() -> ResponseReturnValue:
    """All templates of the firm."""
    archived = "archived" in request.args
    rows, put_away = queries.shelf(archived=archived), queries.archived_count()
    return render_template("staff/templates/list.html", rows=rows, archived=archived, put_away=put_away)


@pages.route("/templates/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """A new template: its name, then it waits to be written."""
    form, own_id, firm = NameForm(), uuid4(), the_firm()
    language = firm.language if firm else "en"
    if form.submitted(lambda: actions.create(own_id, form.name.data or "", language=language, by=viewer())):
        return redirect(_url(own_id), 303)
    return render_template("staff/templates/name.html", form=form, template=None)


@pages.route("/templates/<uuid:template_id>/name", methods=["GET", "POST"])
def name(template_id: UUID) -> ResponseReturnValue:
    """Another name for our own lists."""
    template = find(ProjectTemplate, template_id)
    form = NameForm(data={"name": template.name})
    if form.submitted(lambda: actions.rename(template, form.name.data or "", by=viewer())):
        return redirect(_url(template_id), 303)
    return render_template("staff/templates/name.html", form=form, template=template)


@pages.get("/templates/<uuid:template_id>")
def show(template_id: UUID) -> ResponseReturnValue:
    """What a template asks for and when, what its draft still lacks, and where projects run that began from it."""
    return _glance(find(ProjectTemplate, template_id))


@pages.post("/templates/<uuid:template_id>/publish")
def publish(template_id: UUID) -> ResponseReturnValue:
    """Make the draft the version projects start from."""
    template = find(ProjectTemplate, template_id)
    try:
        n = actions.publish(template, rev=request.form.get("rev", -1, type=int), by=viewer())
    except actions.NotReady as held:
        answer_with(held.status)
        return _glance(find(ProjectTemplate, template_id), refused=said(held))
    except Refused as refused:
        flash(said(refused), "warn")
        return redirect(_url(template_id), 303)
    flash(_("Version %(n)s is published. New projects begin from it; those at work keep theirs.", n=n), "done")
    return redirect(_url(template_id), 303)


@pages.post("/templates/<uuid:template_id>/<any(archive, restore):verb>")
def put_away(template_id: UUID, verb: str) -> ResponseReturnValue:
    """Offer a template no longer, or again."""
    template = find(ProjectTemplate, template_id)
    if verb == "archive":
        done = _("Archived. Projects that began from it go on.")
        return press(lambda: actions.archive(template, by=viewer()), done, to=url_for("staff.templates.shelf"))
    return press(lambda: actions.restore(template, by=viewer()), _("Restored."), to=_url(template_id))


def _glance(template: ProjectTemplate, *, refused: str = "") -> ResponseReturnValue:
    row = queries.shelved(template)
    facts = {"row": row, "draft": row.draft, "lacks": queries.lacks(row.draft), "refused": refused}
    return render_template("staff/templates/show.html", template=template, **facts)


def _url(template_id: UUID) -> str:
    return url_for("staff.templates.show", template_id=template_id)
