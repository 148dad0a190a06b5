"""The staff's page of a client's files, what they are called when we fetch them, and many of them as one zip."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.files import actions, queries
from portal.features.files.forms import NamingForm
from portal.kernel.clock import now
from portal.kinds.files import called, shelf
from portal.kinds.previews import ordering as previews
from portal.models.clients import Client
from portal.models.files import FromSide
from portal.models.projects import Project
from portal.web import choosing
from portal.web.doors import find, viewer
from portal.web.i18n import language
from portal.web.zipping import Parcel, dated, parcel, send_zip

pages = Blueprint("files", __name__)


@pages.get("/clients/<uuid:client_id>/files")
def index(client_id: UUID) -> ResponseReturnValue:
    """Show what was exchanged with a client, the newest first."""
    client = find(Client, client_id)
    projects = queries.projects_of(client.id)
    chosen = choosing.wanted(client_id=client.id)
    found = shelf.page(chosen, after=request.args.get("after", ""))
    near = [chosen.project_id] if chosen.project_id else [project.id for project in projects]
    ours = [entry.upload for entry in found.entries if entry.upload.side is FromSide.FIRM]
    facts = {
        "looks": previews.looks_of(entry.upload for entry in found.entries),
        "client": client,
        "page": found,
        "chosen": chosen,
        "said": choosing.said(),
        "projects": projects,
        "project": next((one for one in projects if one.id == chosen.project_id), projects[0] if projects else None),
        "names": called.our_names(found.entries, language=language()),
        "opened": shelf.opened_by(ours),
        "readers": queries.readers_of([entry.share for entry in found.entries if entry.share]),
        "taken_back": queries.taken_back(near),
    }
    return render_template("staff/files/index.html", **facts)


@pages.get("/clients/<uuid:client_id>/files/zip")
def zip_page(client_id: UUID) -> ResponseReturnValue:
    """Say what will be in the zip and what will not, before it is fetched."""
    client = find(Client, client_id)
    return render_template("staff/files/zip.html", client=client, parcel=_parcel(client), said=choosing.said())


@pages.get("/clients/<uuid:client_id>/files/zip/get")
def zip_file(client_id: UUID) -> ResponseReturnValue:
    """Send the zip."""
    return send_zip(_parcel(find(Client, client_id)), by=viewer())


@pages.route("/projects/<uuid:project_id>/naming", methods=["GET", "POST"])
def naming(project_id: UUID) -> ResponseReturnValue:
    """Choose what the files of a project are called when we fetch them, with an example."""
    project = find(Project, project_id)
    client = find(Client, project.client_id)
    form = NamingForm(naming=project.naming)
    if form.submitted(lambda: actions.name_files(project, form.naming.data or "", by=viewer())):
        flash(_("Saved."), "done")
        return redirect(url_for("staff.files.index", client_id=client.id, project=project.id), 303)
    return render_template("staff/files/naming.html", project=project, client=client, form=form, example=form.example(client, project))


def _parcel(client: Client) -> Parcel:
    entries = shelf.pick(choosing.wanted(client_id=client.id))
    projects = {entry.project.name for entry in entries}
    name = f"{client.name} {projects.pop()}" if len(projects) == 1 else client.name
    return parcel(dated(name, now()), entries, names=called.our_names(entries, language=language()))
