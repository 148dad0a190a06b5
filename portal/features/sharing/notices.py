"""Who hears of files we give: everybody they are for, in one mail for an act, however many files it holds."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from portal.features.sharing import queries
from portal.kernel import outbox
from portal.kernel.notices import notice
from portal.kernel.outbox import Lane
from portal.kernel.record import Fact, Kind
from portal.models.sharing import Share

TOGETHER = timedelta(minutes=2)


@notice(Kind.FILES_GIVEN)
def tell(fact: Fact) -> None:
    """One mail for each person; acts of the same two minutes in a project share it."""
    share = cast("Share", fact.thing)
    for person in queries.readers(share):
        key = f"files_given:{share.project_id}:{person.id}"
        before = cast("list[str]", outbox.waiting_facts(key).get("shares") or [])
        outbox.post(
            "files_given",
            lane=Lane.MESSAGE,
            person_id=person.id,
            facts={"project": str(share.project_id), "shares": [*before, str(share.id)]},
            client_id=share.client_id,
            project_id=share.project_id,
            dedupe=key,
            wait=TOGETHER,
        )
