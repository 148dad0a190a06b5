"""What every item offers a client besides its own page: the receipt, taking back, and the ways out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.items.forms import CannotForm, PromiseForm
from portal.kernel.refusal import NotFound, Refused
from portal.kinds import life, reading
from portal.kinds.files.kind import files_of
from portal.kinds.minutes import minutes
from portal.kinds.previews import ordering as previews
from portal.models.clients import Client
from portal.models.item_states import ItemKind, ItemState
from portal.models.items import Item
from portal.web.doors import find, viewer
from portal.web.forms import said
from portal.web.i18n import language
from portal.web.opens import opens_when
from portal.web.places import find_item, item_url
from portal.web.receiving import hints

pages = Blueprint("items", __name__)


@pages.get("/items/<uuid:item_id>")
def show(item_id: UUID) -> ResponseReturnValue:
    """Go to wherever this item is dealt with now."""
    return redirect(item_url(find(Item, item_id)), 303)


@pages.get("/items/<uuid:item_id>/sent")
def sent(item_id: UUID) -> ResponseReturnValue:
    """Thank on the day itself, say who looks at it until when, show what was sent, and lead on to the next thing."""
    item = find(Item, item_id)
    handed = reading.latest_hand_over(item.id)
    if handed is None and item.state not in (ItemState.NOT_AVAILABLE, ItemState.WAIVED, ItemState.LOCKED, ItemState.ACCEPTED):
        raise NotFound
    content = json.loads(handed.content) if handed else {}
    calendar = find(Client, item.client_id).calendar
    following = reading.next_for(viewer(), item.project_id)
    facts = {
        "looks": previews.looks_of_ids(UUID(file["id"]) for file in content.get("files", ())),
        "opens": opens_when([item], language(), reading.client_language(item)) if item.state is ItemState.LOCKED else {},
        "following": following,
        "takes": minutes(following[:1]),
        "checked": reading.checked_by(item),
        "resting": reading.resting(item),
        "notes": _notes(item, content),
        "today": calendar.day_of(handed.at if handed else item.state_since) == calendar.today(),
    }
    return render_template("client/items/sent.html", item=item, handed=handed, content=content, **facts)


def _notes(item: Item, content: Mapping[str, Sequence[Mapping[str, object]]]) -> dict[str, list[str]]:
    """What we noticed in the files that were sent, by their ids."""
    sent = {str(file["id"]) for file in content.get("files", ())}
    return {str(file.id): hints(file) for file in files_of(item.id) if str(file.id) in sent} if sent else {}


@pages.post("/items/<uuid:item_id>/take-back")
def take_back(item_id: UUID) -> ResponseReturnValue:
    """Take a delivery back to change it."""
    item = find(Item, item_id)
    try:
        life.take_back(item, by=viewer())
    except Refused as refused:
        flash(said(refused), "warn")
        return redirect(url_for("client.items.sent", item_id=item_id), 303)
    flash(_("You have it back. Change what you like, then send it again."), "done")
    return redirect(item_url(item), 303)


@pages.route("/items/<uuid:item_id>/cannot", methods=["GET", "POST"])
def cannot(item_id: UUID) -> ResponseReturnValue:
    """Let the client say that they do not have this."""
    item = find_item(item_id, *ItemKind)
    if request.method == "GET" and (item.state is ItemState.LOCKED or reading.resting(item)):
        return redirect(item_url(item), 303)
    form = CannotForm()
    if form.submitted(lambda: life.not_available(item, form.reason.data or "", by=viewer())):
        flash(_("Thank you for telling us. We look for another way."), "done")
        return redirect(url_for("client.home.show"), 303)
    return render_template("client/items/cannot.html", item=item, form=form)


@pages.route("/items/<uuid:item_id>/promise", methods=["GET", "POST"])
def promise(item_id: UUID) -> ResponseReturnValue:
    """Let the client name the day on which it will come."""
    item = find_item(item_id, *ItemKind)
    if request.method == "GET" and (item.state is ItemState.LOCKED or reading.resting(item)):
        return redirect(item_url(item), 303)
    form = PromiseForm()
    if form.submitted(lambda: life.promise(item, form.promised_on.data, by=viewer())):
        flash(_("Noted. We plan with that day."), "done")
        return redirect(url_for("client.home.show"), 303)
    return render_template("client/items/promise.html", item=item, form=form)
