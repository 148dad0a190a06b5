"""Where an item's own page lies, so that lists, letters and redirects agree on it."""

from __future__ import annotations

from uuid import UUID

from flask import g, request, url_for

from portal.kernel.db import read_id
from portal.kernel.refusal import N_, NotFound, Refused
from portal.models.item_states import WITH_CLIENT, ItemKind, ItemState
from portal.models.items import Item
from portal.models.projects import Project
from portal.web.doors import READS, find, viewer

PAGES = {
    ItemKind.FILES: "client.uploads.item",
    ItemKind.QUESTIONNAIRE: "client.questionnaires.start",
    ItemKind.APPROVAL: "client.approvals.decide",
    ItemKind.CONFIRMATION: "client.approvals.decide",
}


def item_url(item: Item) -> str:
    """The page on which a client deals with an item now."""
    if item.state in WITH_CLIENT or (item.kind.is_decision and item.state is not ItemState.LOCKED):
        return url_for(PAGES[item.kind], item_id=item.id)
    return url_for("client.items.sent", item_id=item.id)


def project_url(project: Project) -> str:
    """The page on which staff deal with a project."""
    return url_for("staff.client_page.show", client_id=project.client_id, project=project.id)


def id_of(text: str) -> UUID:
    """The id that stands in an address or a form; raises NotFound when it is no id."""
    found = read_id(text)
    if found is None:
        raise NotFound
    return found


def find_item(item_id: UUID, *kinds: ItemKind) -> Item:
    """An item of one of these kinds; a page of one kind does not exist for an item of another. Raises NotFound.

    Nothing can be done with what is closed to clients yet, and a form that comes all the same is not shown what lies in it."""
    item = find(Item, item_id)
    if item.kind not in kinds:
        raise NotFound
    if item.state is ItemState.LOCKED and viewer().is_client and request.method not in READS:
        raise Refused(N_("This is not open yet, and nothing was changed."))
    g.item_read = item
    return item
