"""The pictures of notes, as clients see them."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.features.questionnaires.queries import page_of
from portal.kernel.refusal import NotFound
from portal.kinds.questionnaires.note_pictures import pictures_of
from portal.models.item_states import ItemKind, ItemState
from portal.web.pictures import show_copy
from portal.web.places import find_item

pages = Blueprint("note_pictures", __name__)


@pages.get("/items/<uuid:item_id>/notes/<key>/picture")
def picture(item_id: UUID, key: str) -> ResponseReturnValue:
    """The picture of a note; not of one outside of the part somebody was asked for."""
    item = find_item(item_id, ItemKind.QUESTIONNAIRE)
    note = page_of(item).definition.question(key) if item.state is not ItemState.LOCKED else None
    found = pictures_of([note]) if note else {}
    if key not in found:
        raise NotFound
    return show_copy(found[key])
