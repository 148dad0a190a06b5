"""What is known of a client from before, on one page: worth, open ends, what they thought and what we learned."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.kinds.closing.before import known_of
from portal.models.clients import Client
from portal.web.doors import find

pages = Blueprint("returning", __name__)


@pages.get("/clients/<uuid:client_id>/before")
def show(client_id: UUID) -> ResponseReturnValue:
    """Show every project of a client with what it was worth and how it ended."""
    client = find(Client, client_id)
    return render_template("staff/returning/show.html", client=client, known=known_of(client_id))
