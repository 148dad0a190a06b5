"""Letters at the end of a project: our thanks, and what the client thought of it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kinds import reading
from portal.kinds.news.badly import readers_of
from portal.models.closings import Closing, Feedback
from portal.models.people import Person
from portal.models.projects import Project
from portal.web.letterhead import print_letter
from portal.web.letterpress import Letter
from portal.web.letters import letter
from portal.web.links import for_person


@letter("project_closed")
def closed(person: Person, facts: dict[str, object]) -> Letter | None:
    """Our thanks; nothing once the project goes on again, or for somebody who does not speak for the client any more."""
    closing = db.session.scalar(select(Closing).where(Closing.id == UUID(str(facts["closing"]))))
    if closing is None or closing.undone_at or person.id not in {one.id for one, _role in readers_of(closing.client_id)}:
        return None
    project = db.session.get_one(Project, closing.project_id)
    links = {name: for_person(person, f"client.{page}", project_id=project.id) for name, page in _PAGES.items()}
    return print_letter("closing/closed", person, closing=closing, project=project, lead=reading.person(project.lead_id), **links)


@letter("feedback_given")
def feedback(person: Person, facts: dict[str, object]) -> Letter | None:
    """What somebody thought of a project."""
    given = db.session.scalar(select(Feedback).where(Feedback.id == UUID(str(facts["feedback"]))))
    if given is None:
        return None
    project = db.session.get_one(Project, given.project_id)
    link = for_person(person, "staff.closing.show", project_id=project.id)
    return print_letter("closing/feedback", person, given=given, project=project, who=reading.person(given.person_id), link=link)


_PAGES = {"link": "home.project", "say": "closing.feedback"}
