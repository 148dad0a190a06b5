"""Who hears that something is in the way: who leads the project; and of our answer, whoever told us."""

from __future__ import annotations

from uuid import UUID

from portal.kernel import outbox
from portal.kernel.db import db
from portal.kernel.notices import notice
from portal.kernel.outbox import Lane
from portal.kernel.record import Fact, Kind
from portal.kinds.about import item_of, lead_of
from portal.models.snags import Snag


@notice(Kind.SNAG_TOLD)
def told(fact: Fact) -> None:
    """Tell the lead what is in the way."""
    item = item_of(fact)
    outbox.tell("snag_told", lead_of(item), "snag", fact.facts["snag"], of=item, lane=Lane.MESSAGE)


@notice(Kind.SNAG_SETTLED)
def settled(fact: Fact) -> None:
    """Tell whoever told us what we answered; one that was taken back needs no mail."""
    item = item_of(fact)
    snag = db.session.get_one(Snag, UUID(str(fact.facts["snag"])))
    if snag.answer:
        outbox.tell("snag_answered", snag.person_id, "snag", snag.id, of=item, lane=Lane.MESSAGE)
