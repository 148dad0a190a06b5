"""The record as the client's people see it: what was decided, and the record itself for those who decide."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.features.records import actions, queries
from portal.kernel.refusal import NotFound
from portal.kernel.viewer import Role
from portal.models import may
from portal.models.clients import Client
from portal.web.asking import page_number
from portal.web.doors import find, viewer
from portal.web.record_zip import send_record

pages = Blueprint("records", __name__)


@pages.get("/record")
def show() -> ResponseReturnValue:
    """List every decision, the newest first."""
    clients = queries.clients_of(viewer())
    mine = [client for client in clients if may.take_record(viewer(), client.id)]
    guest_of = [client_id for client_id, role in viewer().roles.items() if role is Role.GUEST]
    found = queries.decisions([client.id for client in clients], n=page_number(), guest_of=guest_of)
    return render_template("client/records/show.html", page=found, mine=mine, ends=queries.ends(mine), me=viewer().person_id)


@pages.post("/record/<uuid:client_id>/zip")
def take(client_id: UUID) -> ResponseReturnValue:
    """Hand out the record of a client."""
    if client_id not in viewer().roles:
        raise NotFound
    client = find(Client, client_id)
    files = bool(request.form.get("files"))
    return send_record(client, files=files, key=actions.take(client, files=files, by=viewer()), by=viewer())
