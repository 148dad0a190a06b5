"""The staff's page of a client: who has the next move, what is open, where it stands, who they are, and what happened."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.desks.client_page import history, queries
from portal.kernel.refusal import NotFound
from portal.models.clients import Client
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.projects import Project
from portal.web.asking import page_number
from portal.web.doors import find
from portal.web.i18n import language
from portal.web.opens import not_needed, opens_when

pages = Blueprint("client_page", __name__)
LATEST = 5


@pages.get("/clients/<uuid:client_id>")
def show(client_id: UUID) -> ResponseReturnValue:
    """Show a client with one of its projects."""
    client = find(Client, client_id)
    projects = queries.projects(client.id)
    project = _chosen(projects, request.args.get("project", ""))
    facts = queries.page_of(client, project) | {"projects": projects, "latest": history.latest(client.id, lines=LATEST)}
    groups = cast("queries.Groups", facts["groups"])
    opens = {**opens_when(groups.locked, client.language, to_staff=True), **not_needed(groups.waived, client.language)}
    return render_template("staff/client_page/show.html", opens=opens, **facts)


@pages.get("/clients/<uuid:client_id>/history")
def past(client_id: UUID) -> ResponseReturnValue:
    """Show everything that happened with a client, page by page."""
    client = find(Client, client_id)
    found = history.events(client.id, n=page_number())
    return render_template("staff/client_page/history.html", client=client, page=found)


@pages.get("/items/<uuid:item_id>")
def item(item_id: UUID) -> ResponseReturnValue:
    """Show one item: what we ask, where it is, what came in, and what happened to it."""
    found = find(Item, item_id)
    happened = history.events(found.client_id, item_id=found.id, n=page_number())
    opens = opens_when([found], language(), to_staff=True) if found.state is ItemState.LOCKED else not_needed([found], language())
    return render_template("staff/client_page/item.html", page=happened, opens=opens, **queries.item_page_of(found))


def _chosen(projects: list[Project], wanted: str) -> Project | None:
    if not wanted:
        return projects[0] if projects else None
    found = next((project for project in projects if str(project.id) == wanted), None)
    if found is None:
        raise NotFound
    return found
