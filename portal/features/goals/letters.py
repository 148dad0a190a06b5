"""Letters about goals. Each looks again at what stands now, and is not sent when there is nothing left to say."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from portal.features.goals import queries
from portal.kernel.viewer import Role
from portal.kinds import reading
from portal.kinds.ground.sides import has_role
from portal.models.files import FromSide
from portal.models.ground.goals import Goal
from portal.models.people import Person
from portal.web.letterhead import print_letter
from portal.web.letterpress import Letter
from portal.web.letters import letter
from portal.web.links import for_person


@letter("goals_waiting")
def waiting(person: Person, facts: dict[str, object]) -> Letter | None:
    """The goals that wait for a yes, or for a look back, of this person's side."""
    side = _side(person)
    found = queries.standing(UUID(str(facts["project"])), side=side)
    if found is None:
        return None
    project, client, goals = found
    lacking, up = goals.lacking(side), goals.to_review(side)
    if not (lacking or up) or (project.is_closed and not up) or not _hears(person, client.id):
        return None
    where = {"project": project, "lead": reading.person(project.lead_id), "link": _link(person, project.id)}
    return print_letter("goals/waiting", person, lacking=lacking, up=up, client=client, **where)


@letter("goal_agreed")
def agreed(person: Person, facts: dict[str, object]) -> Letter | None:
    """Both have agreed to a goal; nothing when it says something else since."""
    return _about(person, facts, "goals/agreed", lambda goal: goal.is_agreed)


@letter("goal_reviewed")
def reviewed(person: Person, facts: dict[str, object]) -> Letter | None:
    """What the client says of a goal."""
    return _about(person, facts, "goals/reviewed", lambda goal: goal.is_agreed)


@letter("goal_ended")
def ended(person: Person, facts: dict[str, object]) -> Letter | None:
    """The other side has let go of a goal."""
    return _about(person, facts, "goals/ended", lambda goal: goal.ended_at is not None)


def _about(person: Person, facts: dict[str, object], template: str, still: Callable[[Goal], bool]) -> Letter | None:
    goal = queries.goal_in(facts)
    found = queries.standing(goal.project_id, side=_side(person)) if goal and still(goal) else None
    if goal is None or found is None or not _hears(person, goal.client_id):
        return None
    project, client, goals = found
    told = next(one for one in (*goals.open, *goals.ended) if one.goal.id == goal.id)
    other = FromSide.CLIENT if person.staff_role else FromSide.FIRM
    link = _link(person, project.id)
    return print_letter(template, person, told=told, goal=goal, project=project, client=client, people=goals.people, other=other, link=link)


def _side(person: Person) -> FromSide:
    return FromSide.FIRM if person.staff_role else FromSide.CLIENT


def _hears(person: Person, client_id: UUID) -> bool:
    return bool(person.staff_role) or has_role(person.id, client_id, Role.DECIDE)


def _link(person: Person, project_id: UUID) -> str:
    return for_person(person, "staff.goals.show" if person.staff_role else "client.goals.show", project_id=project_id)
