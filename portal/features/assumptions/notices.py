"""Who hears of assumptions: those who may answer when there is something to look at, the lead when somebody has answered."""

from __future__ import annotations

from portal.kernel import outbox
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.notices import notice
from portal.kernel.outbox import Lane
from portal.kernel.record import Fact, Kind
from portal.kernel.viewer import Role
from portal.kinds.ground.sides import hearing
from portal.models.ground.assumptions import Assumption
from portal.models.projects import Project


@notice(Kind.ASSUMPTION_STATED, Kind.ASSUMPTION_CHANGED)
def asked(fact: Fact) -> None:
    """Ask those who may answer to look; one mail for all assumptions of a project that come together."""
    one = _of(fact)
    for person, at in hearing(one.client_id, Role.DECIDE, Role.CONTRIBUTE):
        outbox.tell("assumptions_asked", person.id, "project", one.project_id, of=one, lane=Lane.MESSAGE, wait=at - now())


@notice(Kind.ASSUMPTION_ANSWERED)
def answered(fact: Fact) -> None:
    """Tell the lead what the client says."""
    one = _of(fact)
    lead = db.session.get_one(Project, one.project_id).lead_id
    outbox.tell("assumption_answered", lead, "assumption", one.id, of=one, lane=Lane.MESSAGE)


def _of(fact: Fact) -> Assumption:
    if not isinstance(fact.thing, Assumption):
        raise TypeError(f"{fact.kind} is recorded on its assumption")
    return fact.thing
