"""Saying what is in the way of an item, and that it is out of the way again."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.snags.forms import SnagForm
from portal.kinds import reading, snags
from portal.models.item_states import ItemKind
from portal.web.buttons import press
from portal.web.doors import viewer
from portal.web.places import find_item, item_url

pages = Blueprint("snags", __name__)


@pages.route("/items/<uuid:item_id>/in-the-way", methods=["GET", "POST"])
def tell(item_id: UUID) -> ResponseReturnValue:
    """Take a sentence on what is in the way."""
    item = find_item(item_id, *ItemKind)
    if request.method == "GET" and (reading.resting(item) or item.stuck or not snags.can_tell(viewer(), item)):
        return redirect(item_url(item), 303)
    form = SnagForm()
    if form.submitted(lambda: snags.tell(item, form.words.data or "", by=viewer())):
        flash(_("Thank you for telling us. It is our turn now: we answer as soon as we can."), "done")
        return redirect(url_for("client.home.show"), 303)
    return render_template("client/snags/tell.html", item=item, form=form)


@pages.post("/items/<uuid:item_id>/in-the-way/over")
def over(item_id: UUID) -> ResponseReturnValue:
    """Note that nothing is in the way any more."""
    item = find_item(item_id, *ItemKind)
    return press(lambda: snags.take_back(item, by=viewer()), _("Good. It is with you again."), to=item_url(item))
