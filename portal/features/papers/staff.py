"""What a client sent, as the same PDF that they can keep; of one round or the last."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from portal.kernel.refusal import NotFound
from portal.kinds import reading
from portal.models.item_states import ItemKind
from portal.web.answer_sheet import answer_sheet
from portal.web.i18n import language
from portal.web.paper import hand_out_paper
from portal.web.places import find_item

pages = Blueprint("papers", __name__)


@pages.get("/items/<uuid:item_id>/answers.pdf")
def answers(item_id: UUID) -> ResponseReturnValue:
    """Hand out what was sent, as it was frozen then."""
    item = find_item(item_id, ItemKind.QUESTIONNAIRE)
    round_ = request.args.get("round", type=int)
    if round_ is not None and not 0 < round_ <= item.round:
        raise NotFound
    handed = reading.hand_over(item.id, round_) if round_ else reading.latest_hand_over(item.id)
    if handed is None:
        raise NotFound
    return hand_out_paper(answer_sheet(item, handed), item.text("title", language()))
