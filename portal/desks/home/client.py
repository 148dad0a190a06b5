"""The client's home: what we need from you, and where your project stands."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.desks.home import queries
from portal.kinds import reading
from portal.models.projects import ProjectState
from portal.web.doors import viewer

pages = Blueprint("home", __name__)


@pages.get("/")
def show() -> ResponseReturnValue:
    """Show the one project, or all of them where there are several."""
    found = queries.projects()
    if len(found) == 1:
        return render_template("client/home/project.html", **queries.home_of(found[0], viewer()))
    return render_template("client/home/projects.html", works=found, welcome=bool(viewer().clients), waiting=reading.waiting_for(viewer()))


@pages.get("/projects/<uuid:project_id>")
def project(project_id: UUID) -> ResponseReturnValue:
    """Show one project."""
    found = queries.project(project_id)
    if found.project.state is ProjectState.ARCHIVED:
        return redirect(url_for("client.home.show"), 303)
    return render_template("client/home/project.html", **queries.home_of(found, viewer()))
