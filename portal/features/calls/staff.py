"""The firm's side of calls: how a contact wants to be called."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.calls import actions, queries
from portal.features.calls.forms import RulesForm
from portal.models.clients import Client
from portal.web.doors import find, viewer

pages = Blueprint("calls", __name__)


@pages.route("/clients/<uuid:client_id>/people/<uuid:person_id>/calls", methods=["GET", "POST"])
def wishes(client_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """Note how a contact wants to be called."""
    client, (contact, person) = find(Client, client_id), queries.contact(client_id, person_id)
    form = RulesForm.of(person)
    if form.submitted(lambda: actions.note_wish(contact, person, form.rules(person), form.phone.data or "", by=viewer())):
        flash(_("Saved."), "done")
        return redirect(url_for("staff.clients.person", client_id=client_id, person_id=person_id), 303)
    return render_template("staff/calls/wishes.html", form=form, client=client, person=person)
