"""Who hears of silence: deciders are asked to agree, and hear with the lead who did and what it decided; what stopped it hears the lead."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from portal.kernel import outbox
from portal.kernel.notices import notice
from portal.kernel.outbox import Lane
from portal.kernel.record import Fact, Kind
from portal.kernel.viewer import Role
from portal.kinds import inviting
from portal.kinds.about import item_of, lead_of
from portal.kinds.approvals.seats import deciders_of
from portal.models.projects import Project
from portal.models.silence import Ending

NEWS = (Ending.MORE_TIME.value, Ending.BOUNCED.value, Ending.UNSENT.value, Ending.WITHDRAWN.value)


@notice(Kind.SILENCE_SWITCHED)
def switched(fact: Fact) -> None:
    """Ask the deciders whether they agree."""
    project = fact.thing
    if isinstance(project, Project) and project.silence and project.is_running:
        people = [one.person_id for one in inviting.contacts_of(project.client_id) if one.role is Role.DECIDE]
        _post("silence_offered", people, {"project": str(project.id)}, project.client_id, project.id, lane=Lane.ASK)


@notice(Kind.SILENCE_AGREED, Kind.SILENCE_WITHDRAWN)
def agreed(fact: Fact) -> None:
    """Give whoever agreed, or ended it, a receipt; the others who decide and the lead hear of it."""
    project = fact.thing
    if isinstance(project, Project) and fact.by.person_id:
        deciders = [one.person_id for one in inviting.contacts_of(project.client_id) if one.role is Role.DECIDE]
        people = [fact.by.person_id, *deciders, project.lead_id]
        kind = "silence_agreed" if fact.kind is Kind.SILENCE_AGREED else "silence_ended"
        told: dict[str, object] = {"project": str(project.id), "agreement": fact.facts["agreement"], "by": str(fact.by.person_id)}
        _post(kind, people, told, project.client_id, project.id, lane=Lane.RECEIPT)


@notice(Kind.DECISION_DEEMED)
def deemed(fact: Fact) -> None:
    """Tell everybody who could have decided, and the lead."""
    item = item_of(fact)
    told: dict[str, object] = {"item": str(item.id), "decision": fact.facts["decision"], "version": fact.facts["version"]}
    people = [*(person.id for person in deciders_of(item)), lead_of(item)]
    _post("silence_deemed", people, told, item.client_id, item.project_id, lane=Lane.RECEIPT)


@notice(Kind.SILENCE_STOPPED)
def stopped(fact: Fact) -> None:
    """Tell the lead why, where they would not hear of it anyway."""
    item = item_of(fact)
    if fact.facts["why"] in NEWS:
        told: dict[str, object] = {"item": str(item.id), "version": fact.facts["version"], "why": fact.facts["why"]}
        _post("silence_stopped", [lead_of(item)], told, item.client_id, item.project_id, lane=Lane.RECEIPT)


def _post(kind: str, people: Iterable[UUID], facts: dict[str, object], client_id: UUID, project_id: UUID, *, lane: Lane) -> None:
    for person_id in dict.fromkeys(people):
        outbox.post(kind, lane=lane, person_id=person_id, facts=facts, client_id=client_id, project_id=project_id)
