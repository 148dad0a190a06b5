"""The dossier of a project for staff: the very one its client can fetch, so that nothing internal is passed on by mistake."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.features.dossier import actions, queries
from portal.models.clients import Client
from portal.models.projects import Project
from portal.web.doors import find, viewer
from portal.web.dossier.packing import send_dossier

pages = Blueprint("dossier", __name__)


@pages.get("/projects/<uuid:project_id>/dossier")
def show(project_id: UUID) -> ResponseReturnValue:
    """Say what is in it."""
    project = find(Project, project_id)
    facts = {"client": find(Client, project.client_id), "inside": queries.inside(project.id)}
    return render_template("staff/dossier/show.html", project=project, **facts)


@pages.post("/projects/<uuid:project_id>/dossier/zip")
def take(project_id: UUID) -> ResponseReturnValue:
    """Hand it out."""
    project = find(Project, project_id)
    return send_dossier(project, key=actions.take(project, by=viewer()), by=viewer())
