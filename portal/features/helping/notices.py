"""Who hears of a part handed over: the colleague, by one mail for all they get in a minute; and that they are done: who asked."""

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


@notice(Kind.PART_DONE)
def tell_done(fact: Fact) -> None:
    """Tell whoever asked that all is there."""
    asker_id = UUID(str(fact.facts["person"]))
    outbox.tell("part_done", asker_id, "part", fact.facts["part"], of=fact, lane=Lane.ASK, wait=TOGETHER)
