"""The life of an item as data: no verb leads where its row does not say."""

import pytest

from portal.kernel.clock import now
from portal.kernel.db import db
from portal.models import item_states
from portal.models.item_states import MOVES, WAITS_FOR, ItemState, Move
from portal.models.items import Item
from tests.support.cast import act, make_item


def test_every_end_of_a_verb_is_a_state_that_waits_for_somebody_or_nobody():
    assert {end for move in MOVES.values() for end in move.end} <= set(WAITS_FOR)
    assert set(ItemState) - {ItemState.DRAFT} == {end for move in MOVES.values() for end in move.end}


def test_a_verb_that_leads_elsewhere_is_stopped(app, cast, monkeypatch):
    item = make_item(app, cast.project, state="sent")
    monkeypatch.setitem(item_states.MOVES, "accept", Move(frozenset({ItemState.SENT}), frozenset({ItemState.WAIVED})))

    def accept():
        db.session.get_one(Item, item.id).accept(at=now())

    with pytest.raises(RuntimeError, match="accept does not lead to accepted"):
        act(app, accept)
