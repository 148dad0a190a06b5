"""The firm's side of an agreement: writing it, and what becomes of wishes for something else. Both are presented like anything else."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.agreed import queries
from portal.features.agreed.forms import CloseForm, WishForm
from portal.kernel.refusal import NotFound, Refused
from portal.kinds.agreed import asking
from portal.models.clients import Client
from portal.models.item_states import ItemKind, Subject
from portal.models.items import Item
from portal.models.projects import Project
from portal.web.doors import find, viewer
from portal.web.forms import said
from portal.web.i18n import speaking
from portal.web.places import find_item

pages = Blueprint("agreed", __name__)


@pages.get("/projects/<uuid:project_id>/agreed")
def show(project_id: UUID) -> ResponseReturnValue:
    """Show what was agreed as the client reads it, and what waits for us."""
    project = find(Project, project_id)
    return render_template("staff/agreed/show.html", **queries.page_of(project, find(Client, project.client_id)))


@pages.post("/projects/<uuid:project_id>/scope")
def write(project_id: UUID) -> ResponseReturnValue:
    """Begin to write what is agreed, or go on with it."""
    project = find(Project, project_id)
    with speaking(find(Client, project.client_id).language):
        title = _("What we agree on")
    try:
        item = asking.write_scope(project, title, by=viewer())
    except Refused as refused:
        flash(said(refused), "warn")
        return redirect(url_for("staff.agreed.show", project_id=project_id), 303)
    return redirect(url_for("staff.approvals.present", item_id=item.id), 303)


@pages.route("/projects/<uuid:project_id>/changes/new", methods=["GET", "POST"])
def ask(project_id: UUID) -> ResponseReturnValue:
    """Write down a change request; what it costs comes on the page that presents it."""
    project = find(Project, project_id)
    form = WishForm()
    made: list[Item] = []
    if form.submitted(lambda: made.append(asking.ask_for_change(project, form.wish(), by=viewer()))):
        return redirect(url_for("staff.approvals.present", item_id=made[0].id), 303)
    project = find(Project, project_id)
    return render_template("staff/agreed/ask.html", project=project, client=find(Client, project.client_id), form=form)


@pages.route("/items/<uuid:item_id>/change/close", methods=["GET", "POST"])
def close(item_id: UUID) -> ResponseReturnValue:
    """Do what was asked for at no charge, or let go of it."""
    item = find_item(item_id, ItemKind.APPROVAL)
    if item.subject is not Subject.CHANGE:
        raise NotFound
    form = CloseForm()
    free = request.form.get("act") == "free"
    if form.submitted(lambda: asking.close(item, form.words.data or "", free=free, by=viewer())):
        flash(_("Closed. They are told by email."), "done")
        return redirect(url_for("staff.client_page.item", item_id=item_id), 303)
    item = find(Item, item_id)
    return render_template("staff/agreed/close.html", item=item, client=find(Client, item.client_id), form=form)
