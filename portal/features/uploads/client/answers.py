"""The same line for files that answer a question of a questionnaire; the steps of one file are those of every item."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from portal.features.uploads.client.lines import declared, finish_waiting, rows_of
from portal.kernel.refusal import NotFound
from portal.kinds.files.landing import OnQuestion
from portal.kinds.questionnaires.kind import question_for_files
from portal.models.item_states import ItemKind
from portal.web.doors import reads_first, viewer
from portal.web.forms import fresh_token
from portal.web.places import find_item

pages = Blueprint("answers", __name__)


@pages.post("/items/<uuid:item_id>/answers/<key>/uploads")
def declare(item_id: UUID, key: str) -> ResponseReturnValue:
    """Hear which files will come as an answer."""
    return declared(_landing(item_id, key))


@pages.get("/items/<uuid:item_id>/answers/<key>/uploads")
def token(item_id: UUID, key: str) -> ResponseReturnValue:
    """A fresh token for a page that has been open for long."""
    _landing(item_id, key)
    return jsonify(token=fresh_token())


@pages.post("/items/<uuid:item_id>/answers/<key>/uploads/rows")
@reads_first
def finish_and_tell(item_id: UUID, key: str) -> ResponseReturnValue:
    """Finish what waits of these files, and say how far all are."""
    finish_waiting(_landing(item_id, key))
    return rows(item_id, key)


@pages.get("/items/<uuid:item_id>/answers/<key>/uploads/rows")
def rows(item_id: UUID, key: str) -> ResponseReturnValue:
    """How far these files are, with their rows for the list of the question."""
    return rows_of(_landing(item_id, key))


def _landing(item_id: UUID, key: str) -> OnQuestion:
    limits = viewer().limits(item_id)
    if limits is not None and key not in limits:
        raise NotFound
    item = find_item(item_id, ItemKind.QUESTIONNAIRE)
    return OnQuestion(item, question_for_files(item, key))
