"""The firm's side of silence: switching it on for a project, and undoing what it decided."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.silence import actions
from portal.features.silence.queries import deemed_on
from portal.models.item_states import ItemKind
from portal.models.projects import Project
from portal.web.buttons import press
from portal.web.doors import find, viewer
from portal.web.places import find_item

pages = Blueprint("silence", __name__)


@pages.post("/projects/<uuid:project_id>/silence/<any(on, off):turn>")
def switch(project_id: UUID, turn: str) -> ResponseReturnValue:
    """Let silence count in a project once the client agrees, or no more."""
    project = find(Project, project_id)
    asked, over = _("The client is asked to agree now. Until then silence means nothing."), _("Silence means nothing any more.")
    to = url_for("staff.projects.edit", project_id=project_id)
    return press(lambda: actions.switch(project, on=turn == "on", by=viewer()), asked if turn == "on" else over, to=to)


@pages.post("/items/<uuid:item_id>/silence/undo")
def undo(item_id: UUID) -> ResponseReturnValue:
    """Open again what silence decided."""
    item = find_item(item_id, ItemKind.APPROVAL)
    deemed, to = deemed_on(item.id), url_for("staff.client_page.item", item_id=item_id)
    return press(lambda: actions.objects(item, deemed, by=viewer()), _("It waits for the client's answer again."), to=to)
