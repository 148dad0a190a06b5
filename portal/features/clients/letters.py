"""The first mail to a contact, and the mails about things sent later. Both read anew what stands on the list when they leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from portal.kernel.db import db
from portal.kinds import reading
from portal.kinds.minutes import minutes
from portal.kinds.plans import standing
from portal.models.clients import Client
from portal.models.items import Item
from portal.models.people import Person, SignInRequest
from portal.models.projects import Milestone, Project
from portal.models.sessions import viewer_of
from portal.models.sign_in import still_leads_in
from portal.web.letterhead import print_letter
from portal.web.letterpress import Letter
from portal.web.letters import letter
from portal.web.links import for_person, invitation_code, sign_in_link


@dataclass(frozen=True)
class Line:
    """One thing on the list of a mail."""

    title: str
    line: str
    minutes: int
    url: str


@letter("first_mail")
def first_mail(person: Person, facts: dict[str, object]) -> Letter | None:
    """The list, a link for seven days and the code beside it; nothing when another invitation took its place."""
    asked = db.session.get(SignInRequest, UUID(str(facts["request"])))
    client = db.session.get(Client, UUID(str(facts["client"])))
    if asked is None or client is None or not still_leads_in(asked) or client.archived_at:
        return None
    items = [item for item in reading.waiting_for(viewer_of(person)) if item.client_id == client.id]
    takes = minutes(items)
    return print_letter(
        "clients/first_mail",
        person,
        things=[_line(item, person, takes[item.id], url="") for item in items],
        minutes=sum(takes.values()),
        link=sign_in_link(asked.id),
        code=invitation_code(asked.id),
        lead=_name(client.lead_id),
    )


@letter("items_sent")
def items_sent(person: Person, facts: dict[str, object]) -> Letter | None:
    """What was sent in one go; nothing when none of it waits for this person any more."""
    project = db.session.get(Project, UUID(str(facts["project"])))
    if project is None:
        return None
    waiting = reading.waiting_for(viewer_of(person), project.id)
    new = [item for item in waiting if str(item.id) in cast("list[str]", facts["things"])]
    if not new:
        return None
    takes, promised = minutes(new), standing.promise(project, reading.items_of(project.id))
    return print_letter(
        "clients/items_sent",
        person,
        project=project.name,
        things=[_line(item, person, takes[item.id], url=for_person(person, "client.items.show", item_id=item.id)) for item in new],
        minutes=sum(takes.values()),
        before=len(waiting) - len(new),
        promised=promised,
        stage=_words(promised.milestone, person) if promised else "",
        link=for_person(person, "client.home.project", project_id=project.id),
        lead=_name(project.lead_id),
    )


def _line(item: Item, person: Person, takes: int, *, url: str) -> Line:
    languages = (person.language, reading.client_language(item))
    return Line(item.text("title", *languages), item.text("why", *languages), takes, url)


def _words(milestone: Milestone, person: Person) -> str:
    return milestone.name.get(person.language) or next(iter(milestone.name.values()), "")


def _name(person_id: UUID) -> str:
    found = db.session.get(Person, person_id)
    return found.name if found else ""
