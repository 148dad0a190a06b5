"""The client's Files page: what they sent and what came from us, and all of it or some of it as one zip."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.files import queries
from portal.kernel.clock import now
from portal.kinds.files import shelf
from portal.kinds.previews import ordering as previews
from portal.web import choosing
from portal.web.doors import viewer
from portal.web.zipping import Parcel, dated, parcel, send_zip

pages = Blueprint("files", __name__)


@pages.get("/files")
def index() -> ResponseReturnValue:
    """Show what was exchanged, the newest first."""
    projects = queries.projects_of()
    chosen = choosing.wanted()
    found = shelf.page(chosen, after=request.args.get("after", ""))
    near = [chosen.project_id] if chosen.project_id else [project.id for project in projects]
    facts = {
        "page": found,
        "looks": previews.looks_of(entry.upload for entry in found.entries),
        "chosen": chosen,
        "said": choosing.said(),
        "projects": projects,
        "taken_back": queries.taken_back(near),
    }
    return render_template("client/files/index.html", **facts)


@pages.get("/files/zip")
def zip_page() -> ResponseReturnValue:
    """Say what will be in the zip and what will not, before it is fetched."""
    return render_template("client/files/zip.html", parcel=_parcel(), said=choosing.said())


@pages.get("/files/zip/get")
def zip_file() -> ResponseReturnValue:
    """Send the zip."""
    return send_zip(_parcel(), by=viewer())


def _parcel() -> Parcel:
    entries = shelf.pick(choosing.wanted())
    projects = {entry.project.name for entry in entries}
    return parcel(dated(projects.pop() if len(projects) == 1 else _("Files"), now()), entries, names={})
