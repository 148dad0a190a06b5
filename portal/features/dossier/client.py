"""The client's dossier: what is in it, and taking it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.features.dossier import actions, queries
from portal.kernel.refusal import NotFound
from portal.models import may
from portal.models.projects import Project
from portal.web.doors import find, viewer
from portal.web.dossier.packing import send_dossier

pages = Blueprint("dossier", __name__)


@pages.get("/projects/<uuid:project_id>/dossier")
def show(project_id: UUID) -> ResponseReturnValue:
    """Say what is in it."""
    project = _found(project_id)
    return render_template("client/dossier/show.html", project=project, inside=queries.inside(project.id))


@pages.post("/projects/<uuid:project_id>/dossier/zip")
def take(project_id: UUID) -> ResponseReturnValue:
    """Hand it out."""
    project = _found(project_id)
    return send_dossier(project, key=actions.take(project, by=viewer()), by=viewer())


def _found(project_id: UUID) -> Project:
    project = find(Project, project_id)
    if not may.see_agreement(viewer(), project.client_id):
        raise NotFound
    return project
