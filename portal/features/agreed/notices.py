"""Who hears of wishes for something else: the lead when the client has one, the client when it came to nothing."""

from __future__ import annotations

from uuid import UUID

from portal.features.agreed import queries
from portal.kernel import outbox
from portal.kernel.notices import notice
from portal.kernel.outbox import Lane
from portal.kernel.record import Fact, Kind
from portal.kinds.about import item_of, lead_of
from portal.models.items import Item


@notice(Kind.CHANGE_ASKED)
def change_asked(fact: Fact) -> None:
    """Tell the lead what the client would like; of a round too many they hear with the answer it came from."""
    if fact.by.is_client and fact.facts.get("decision") is None:
        _post("change_asked", [lead_of(item_of(fact))], item_of(fact))


@notice(Kind.CHANGE_CLOSED)
def change_closed(fact: Fact) -> None:
    """Tell the client what became of it, unless they let go of it themselves."""
    if fact.by.is_staff and item_of(fact).sent_at:
        _post("change_closed", queries.hear_of(item_of(fact)), item_of(fact))


def _post(kind: str, people: list[UUID], item: Item) -> None:
    for person_id in people:
        told: dict[str, object] = {"item": str(item.id)}
        outbox.post(kind, lane=Lane.MESSAGE, person_id=person_id, facts=told, client_id=item.client_id, project_id=item.project_id)
