"""Which files somebody means: read from the address of a page, and found anew as theirs."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from flask import request

from portal.kernel.db import Identified
from portal.kernel.refusal import NotFound
from portal.kinds.files.shelf import Wanted
from portal.models.deliveries import Delivery
from portal.models.files import FromSide
from portal.models.items import Item
from portal.models.projects import Project
from portal.models.sharing import Share
from portal.web.doors import find
from portal.web.places import id_of

Row = TypeVar("Row", bound=Identified)
MOST_CHOSEN = 1000
NOTHING = (UUID(int=0),)  # what a form chooses in which nothing is ticked
WORDS = ("project", "item", "delivery", "share", "side", "chosen")


def wanted(*, client_id: UUID | None = None) -> Wanted:
    """The choice an address makes; what it names and its reader may not see is not found, also when it is another client's."""
    side = request.args.get("side", "")
    choice = Wanted(
        client_id=client_id,
        project_id=_named(Project, "project", client_id),
        item_id=_named(Item, "item", client_id),
        delivery_id=_named(Delivery, "delivery", client_id),
        share_id=_named(Share, "share", client_id),
        side=FromSide(side) if side in list(FromSide) else None,
    )
    ids = tuple(id_of(text) for text in request.args.getlist("f")[:MOST_CHOSEN])
    return replace(choice, ids=ids or (NOTHING if "chosen" in request.args else ()))


def said() -> dict[str, object]:
    """The choice as it stands in the address, to be said again by the next one."""
    known: dict[str, object] = {word: request.args[word] for word in WORDS if request.args.get(word)}
    return known | ({"f": request.args.getlist("f")[:MOST_CHOSEN]} if request.args.get("f") else {})


def _named(model: type[Row], word: str, client_id: UUID | None) -> UUID | None:
    text = request.args.get(word, "")
    if not text:
        return None
    row = find(model, id_of(text))
    if client_id and getattr(row, "client_id", client_id) != client_id:
        raise NotFound
    return row.id
