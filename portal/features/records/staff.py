"""The record of a client for staff: the same list and the same download, so that nothing internal can be passed on by mistake."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.features.records import actions, queries
from portal.models.clients import Client
from portal.web.asking import page_number
from portal.web.doors import find, viewer
from portal.web.record_zip import send_record

pages = Blueprint("records", __name__)


@pages.get("/clients/<uuid:client_id>/record")
def show(client_id: UUID) -> ResponseReturnValue:
    """List every decision of a client, the newest first."""
    client = find(Client, client_id)
    found = queries.decisions([client.id], n=page_number())
    return render_template("staff/records/show.html", client=client, page=found, ends=queries.ends([client]))


@pages.post("/clients/<uuid:client_id>/record/zip")
def take(client_id: UUID) -> ResponseReturnValue:
    """Hand out the record of a client, as they may have it."""
    client = find(Client, client_id)
    files = bool(request.form.get("files"))
    return send_record(client, files=files, key=actions.take(client, files=files, by=viewer()), by=viewer())
