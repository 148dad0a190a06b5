"""The client's side of an agreement: reading it, and asking for something else."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.agreed import queries
from portal.features.agreed.forms import WishForm
from portal.kernel.db import read_id
from portal.kernel.refusal import NotFound
from portal.kinds.agreed import asking
from portal.models import may
from portal.models.clients import Client
from portal.models.item_states import ItemKind, ItemState
from portal.models.items import Item
from portal.models.projects import Project
from portal.web.buttons import press
from portal.web.doors import find, viewer
from portal.web.places import find_item, item_url

pages = Blueprint("agreed", __name__)


@pages.get("/projects/<uuid:project_id>/agreed")
def show(project_id: UUID) -> ResponseReturnValue:
    """Show what was agreed, what changed since, and where it stands."""
    project = _find(project_id)
    may_ask = project.is_running and may.ask_change(viewer(), project.client_id)
    return render_template("client/agreed/show.html", may_ask=may_ask, **queries.page_of(project, find(Client, project.client_id)))


@pages.route("/projects/<uuid:project_id>/change", methods=["GET", "POST"])
def ask(project_id: UUID) -> ResponseReturnValue:
    """Let the client say what they would like instead."""
    project = _find(project_id)
    if not may.ask_change(viewer(), project.client_id) and viewer().seen_as is None:
        raise NotFound
    about = _about(project)
    form = WishForm()
    if form.submitted(lambda: asking.ask_for_change(project, form.wish(about), by=viewer())):
        flash(_("Thank you. We work out what it costs and what it does to the date, and come back to you."), "done")
        return redirect(url_for("client.agreed.show", project_id=project_id), 303)
    project = _find(project_id)
    back_to = item_url(about) if about else url_for("client.agreed.show", project_id=project_id)
    client = find(Client, project.client_id)
    return render_template("client/agreed/ask.html", project=project, client=client, form=form, about=about, back_to=back_to)


@pages.post("/items/<uuid:item_id>/change/withdraw")
def withdraw(item_id: UUID) -> ResponseReturnValue:
    """Let the client take a wish back."""
    item = find_item(item_id, ItemKind.APPROVAL)
    to = url_for("client.agreed.show", project_id=item.project_id)
    return press(lambda: asking.withdraw(item, by=viewer()), _("Taken back. Nothing changes."), to=to)


def _find(project_id: UUID) -> Project:
    project = find(Project, project_id)
    if not may.see_agreement(viewer(), project.client_id):
        raise NotFound
    return project


def _about(project: Project) -> Item | None:
    """The thing they were looking at when they wanted something else."""
    named = read_id(request.values.get("about", ""))
    item = find(Item, named) if named else None
    return item if item and item.project_id == project.id and item.state is not ItemState.LOCKED else None
