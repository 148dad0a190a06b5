"""Letters about assumptions. Each looks again at what stands now, and is not sent when there is nothing left to say."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kernel.viewer import Role
from portal.kinds import reading
from portal.kinds.ground.assumptions import assumptions_of
from portal.kinds.ground.sides import has_role
from portal.models.clients import Client
from portal.models.ground.assumptions import Assumption
from portal.models.people import Person
from portal.models.projects import Project
from portal.web.letterhead import print_letter
from portal.web.letterpress import Letter
from portal.web.letters import letter
from portal.web.links import for_person


@letter("assumptions_asked")
def asked(person: Person, facts: dict[str, object]) -> Letter | None:
    """What we take for granted and nobody has answered."""
    project = db.session.get_one(Project, UUID(str(facts["project"])))
    unanswered = [one.assumption for one in assumptions_of(project.id).unanswered]
    if not (project.is_running and unanswered and has_role(person.id, project.client_id, Role.DECIDE, Role.CONTRIBUTE)):
        return None
    link = for_person(person, "client.assumptions.show", project_id=project.id)
    lead = reading.person(project.lead_id)
    return print_letter("assumptions/asked", person, unanswered=unanswered, project=project, lead=lead, link=link)


@letter("assumption_answered")
def answered(person: Person, facts: dict[str, object]) -> Letter | None:
    """What the client says about something we assume; nothing when we assume something else since."""
    one = db.session.scalar(select(Assumption).where(Assumption.id == UUID(str(facts["assumption"]))))
    if one is None or one.verdict is None or one.ended_at:
        return None
    told = next(each for each in assumptions_of(one.project_id).open if each.assumption.id == one.id)
    where = {"project": db.session.get_one(Project, one.project_id), "client": db.session.get_one(Client, one.client_id)}
    link = for_person(person, "staff.assumptions.show", project_id=one.project_id)
    return print_letter("assumptions/answered", person, told=told, one=one, who=reading.person(one.answered_by), link=link, **where)
