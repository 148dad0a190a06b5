"""Letters about wishes for something else."""

from __future__ import annotations

from uuid import UUID

from portal.kinds import reading
from portal.kinds.about import item_in, lead_of
from portal.models.item_states import ItemState
from portal.models.people import Person
from portal.web.letterhead import print_letter
from portal.web.letterpress import Letter
from portal.web.letters import letter
from portal.web.links import for_person


@letter("change_asked")
def asked(person: Person, facts: dict[str, object]) -> Letter | None:
    """The client would like something else; nothing when they let go of it meanwhile."""
    item = item_in(facts)
    if item is None or item.state is ItemState.WAIVED:
        return None
    who = reading.person(UUID(str(item.spec["asked_by"])))
    return print_letter("agreed/asked", person, item=item, who=who, link=for_person(person, "staff.approvals.present", item_id=item.id))


@letter("change_closed")
def closed(person: Person, facts: dict[str, object]) -> Letter | None:
    """What became of a change request that nobody decides any more; nothing when it was opened again."""
    item = item_in(facts)
    if item is None or item.state is not ItemState.WAIVED:
        return None
    link = for_person(person, "client.agreed.show", project_id=item.project_id)
    return print_letter("agreed/closed", person, item=item, lead=reading.person(lead_of(item)), link=link)
