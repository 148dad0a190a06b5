"""Who hears of wishes for something else: the lead when the client has one, the client when it came to nothing."""

from __future__ import annotations

from portal.features.agreed import queries
from portal.kernel import outbox
from portal.kernel.notices import notice
from portal.kernel.outbox import Lane
from portal.kernel.record import Fact, Kind
from portal.kinds.about import item_of, lead_of


@notice(Kind.CHANGE_ASKED)
def change_asked(fact: Fact) -> None:
    """Tell the lead what the client would like; of a round too many they hear with the answer it came from."""
    item = item_of(fact)
    if fact.by.is_client and fact.facts.get("decision") is None:
        outbox.tell("change_asked", lead_of(item), "item", item.id, of=item, lane=Lane.MESSAGE)


@notice(Kind.CHANGE_CLOSED)
def change_closed(fact: Fact) -> None:
    """Tell the client what became of it, unless they let go of it themselves."""
    item = item_of(fact)
    for person_id in queries.hear_of(item) if fact.by.is_staff and item.sent_at else ():
        outbox.tell("change_closed", person_id, "item", item.id, of=item, lane=Lane.MESSAGE)
