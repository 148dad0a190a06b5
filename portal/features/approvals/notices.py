"""Who hears of versions and decisions: deciders are asked, both sides get receipts, the lead hears what the client said."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from portal.features.approvals import receipts
from portal.kernel import outbox
from portal.kernel.notices import notice
from portal.kernel.outbox import Lane
from portal.kernel.record import Fact, Kind
from portal.kinds.about import item_of, lead_of
from portal.kinds.approvals.kind import live_decisions, standing_version
from portal.kinds.approvals.seats import deciders_of, seats_of
from portal.kinds.silence import running
from portal.models.approvals import Choice, Rule
from portal.models.item_states import ItemState
from portal.models.items import Item


@notice(Kind.VERSION_PRESENTED)
def version_presented(fact: Fact) -> None:
    """Ask the deciders whose turn it is; a newer version takes the place of a mail still waiting."""
    _ask(item_of(fact), fact)


@notice(Kind.ITEM_CHANGED)
def item_changed(fact: Fact) -> None:
    """Ask whoever was named to decide after the version was presented."""
    if item_of(fact).kind.is_decision:
        running.ask_the_new(item_of(fact))


@notice(Kind.DECISION_MADE)
def decision_made(fact: Fact) -> None:
    """Give the decider a receipt and tell the lead."""
    item = item_of(fact)
    receipts.order(item, UUID(str(fact.facts["decision"])), why="made")
    _post("decision_receipt", [fact.by.person_id], item, fact, lane=Lane.RECEIPT)
    _post("decision_news", [lead_of(item)], item, fact, lane=Lane.RECEIPT)
    if "seat" in fact.facts:
        _post("decision_news", [UUID(str(fact.facts["seat"]))], item, fact, lane=Lane.RECEIPT)
    version = standing_version(item.id)
    if version and version.shown.deciding.rule == Rule.ORDER and item.state is ItemState.TO_DO:
        _ask(item, fact)


@notice(Kind.DECISION_DEEMED)
def decision_deemed(fact: Fact) -> None:
    """Have its receipt written; who hears of it is told elsewhere."""
    receipts.order(item_of(fact), UUID(str(fact.facts["decision"])), why="made")


@notice(Kind.DECISION_TAKEN_BACK)
def decision_taken_back(fact: Fact) -> None:
    """Tell both who hold a receipt that it does not count any more."""
    item = item_of(fact)
    receipts.order(item, UUID(str(fact.facts["decision"])), why="taken_back")
    deemed = fact.facts["choice"] == Choice.DEEMED  # then everybody who could have answered holds one
    people = [fact.by.person_id, lead_of(item), *(person.id for person in deciders_of(item) if deemed)]
    _post("decision_taken_back", dict.fromkeys(people), item, fact, lane=Lane.RECEIPT)


@notice(Kind.DECISION_HEARD)
def decision_heard(fact: Fact) -> None:
    """Ask whoever is said to have decided whether it is so."""
    _post("decision_heard", [UUID(str(fact.facts["person"]))], item_of(fact), fact, lane=Lane.ASK)


@notice(Kind.DECISION_DENIED)
def decision_denied(fact: Fact) -> None:
    """Tell the lead that it was not so."""
    item = item_of(fact)
    _post("decision_denied", [lead_of(item)], item, fact, lane=Lane.RECEIPT)


@notice(Kind.VERSION_EXPIRED)
def version_expired(fact: Fact) -> None:
    """Tell the lead that nobody decided in time."""
    item = item_of(fact)
    _post("version_expired", [lead_of(item)], item, fact, lane=Lane.RECEIPT)


@notice(Kind.DEPUTY_NAMED)
def deputy_named(fact: Fact) -> None:
    """Tell both."""
    item = item_of(fact)
    _post("deputy_named", [fact.by.person_id, UUID(str(fact.facts["of"]))], item, fact, lane=Lane.RECEIPT)


@notice(Kind.DEPUTY_ENDED)
def deputy_ended(fact: Fact) -> None:
    """Tell both that it is over."""
    item = item_of(fact)
    _post("deputy_ended", [fact.by.person_id, UUID(str(fact.facts["of"]))], item, fact, lane=Lane.RECEIPT)


def _ask(item: Item, fact: Fact) -> None:
    """Ask everybody who can answer now, and who stands in for them."""
    version = standing_version(item.id)
    for seat in seats_of(item, version, live_decisions(version.id)) if version else ():
        for person in (seat.person, *seat.deputies) if seat.is_turn and seat.answer is None else ():
            _post("decision_asked", [person.id], item, fact, lane=Lane.ASK, dedupe=f"decision_asked:{item.id}:{person.id}")


def _post(kind: str, people: Iterable[UUID | None], item: Item, fact: Fact, *, lane: Lane, dedupe: str | None = None) -> None:
    ids = ("version", "decision", "heard", "deputy")
    told: dict[str, object] = {"item": str(item.id)} | {name: fact.facts[name] for name in ids if name in fact.facts}
    for person_id in people:
        outbox.post(kind, lane=lane, person_id=person_id, facts=told, client_id=item.client_id, project_id=item.project_id, dedupe=dedupe)
