"""Answering what is in a client's way."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.snags.forms import AnswerForm
from portal.kinds import reading, snags
from portal.models.clients import Client
from portal.models.items import Item
from portal.models.snags import Snag
from portal.web.doors import find, viewer

pages = Blueprint("snags", __name__)


@pages.route("/items/<uuid:item_id>/in-the-way", methods=["GET", "POST"])
def answer(item_id: UUID) -> ResponseReturnValue:
    """Show what is in the way, and take our answer."""
    item = find(Item, item_id)
    told = snags.open_of(item)
    here = url_for("staff.client_page.item", item_id=item_id)
    if told is None and request.method == "GET":
        return redirect(here, 303)
    form = AnswerForm()
    if form.submitted(lambda: snags.answer(item, form.words.data or "", by=viewer())):
        flash(_("Answered. It is with the client again."), "done")
        return redirect(here, 303)
    return render_template("staff/snags/answer.html", item=item, form=form, snag=told, **_about(item, told))


def _about(item: Item, told: Snag | None) -> dict[str, object]:
    return {"client": find(Client, item.client_id), "teller": reading.person(told.person_id) if told else None}
