"""Who hears of a part handed over: the colleague, by one mail, however many parts they get in a minute."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from portal.kernel import outbox
from portal.kernel.notices import notice
from portal.kernel.outbox import Lane
from portal.kernel.record import Fact, Kind

TOGETHER = timedelta(seconds=15)


@notice(Kind.PART_ASKED)
def tell(fact: Fact) -> None:
    """Post the mail with the link."""
    person_id = UUID(str(fact.facts["person"]))
    outbox.tell("part_asked", person_id, "item", fact.item_id, of=fact, lane=Lane.ASK, wait=TOGETHER)
