"""Beginning and ending to look through a contact's eyes. What may be seen and done in between, the client door decides."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.features.viewing import actions
from portal.models.clients import Client
from portal.web.doors import find, viewer

pages = Blueprint("viewing", __name__)


@pages.post("/clients/<uuid:client_id>/see-as/<uuid:person_id>")
def see_as(client_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """Look at the portal as this contact sees it."""
    actions.look_as(find(Client, client_id), person_id, by=viewer())
    session["seen_as"] = f"{client_id}:{person_id}"
    return redirect(url_for("client.home.show"), 303)


@pages.post("/leave-view")
def leave() -> ResponseReturnValue:
    """Stop looking, and go back to the client's page."""
    seen = str(session.pop("seen_as", ""))
    return redirect(f"{request.script_root}/staff/clients/{seen.split(':')[0]}" if seen else f"{request.script_root}/staff/", 303)
