"""Bad news: nothing of it may be missing when it is sent, who reads it, and who has not yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kernel.refusal import N_
from portal.kernel.viewer import Role
from portal.kinds.news.when import leaves_for
from portal.models.clients import Client, Membership
from portal.models.news import BadNews, NewsRead
from portal.models.people import Person
from portal.models.projects import Project, ProjectState

GAPS = {
    "what": N_("Say what happened, in one or two plain sentences."),
    "date": N_("Say what it does to the date. If nothing, write that."),
    "cost": N_("Say what it costs, and who pays it. If nothing, write that."),
    "goal": N_("Say what it does to the goal. If nothing, write that."),
    "options": N_("Name the options there are, one a line."),
    "advice": N_("Say what you recommend, and why."),
    "decision": N_("Say what has to be decided."),
    "decider": N_("Choose who decides."),
    "decide_by": N_("Choose the day by which it has to be decided."),
}
ASKED = ("decision", "decider", "decide_by")


@dataclass(frozen=True)
class Unread:
    """Bad news that somebody has not read who should, and whom to call."""

    news: BadNews
    project: Project
    client: Client
    people: list[Person]


def gaps(news: BadNews) -> dict[str, str]:
    """What is missing before it can be sent, field by field."""
    there: dict[str, object] = {**news.said, "decider": news.decider_id, "decide_by": news.decide_by}
    return {name: sentence for name, sentence in GAPS.items() if not there.get(name) and (news.asks or name not in ASKED)}


def readers_of(client_id: UUID) -> list[tuple[Person, Role]]:
    """Everybody who speaks for a client and reads news, those who decide first: all but guests."""
    return _readers({client_id}).get(client_id, [])


def leaving(client_id: UUID) -> list[tuple[Person, datetime]]:
    """When it would reach whom, if it were sent now."""
    client = db.session.get_one(Client, client_id)
    return [(person, leaves_for(person, client, urgent=True)) for person, _ in readers_of(client.id)]


def read_by(news_id: UUID) -> dict[UUID, datetime]:
    """Who said they read it, and when."""
    return {one.person_id: one.at for one in db.session.scalars(select(NewsRead).where(NewsRead.news_id == news_id))}


def unread() -> list[Unread]:
    """What was sent and not read yet by who decides, or where nothing is asked by anybody; the oldest first, in a fixed number of reads."""
    query = select(BadNews, Project, Client).join(Project, Project.id == BadNews.project_id).join(Client, Client.id == BadNews.client_id)
    query = query.where(BadNews.sent_at.is_not(None), Project.state == ProjectState.ACTIVE, Client.archived_at.is_(None))
    rows = [(row[0], row[1], row[2]) for row in db.session.execute(query.order_by(BadNews.sent_at, BadNews.id))]
    if not rows:
        return []
    corrected = {news.corrects_id for news, _, _ in rows}
    marks = select(NewsRead.news_id, NewsRead.person_id).where(NewsRead.news_id.in_([row[0].id for row in rows]))
    done = {(row[0], row[1]) for row in db.session.execute(marks)}
    people = _readers({client.id for _, _, client in rows})
    open_ones = [row for row in rows if row[0].id not in corrected]
    found = (_unread(*row, [person for person, _ in people.get(row[2].id, [])], done) for row in open_ones)
    return [one for one in found if one]


def _unread(news: BadNews, project: Project, client: Client, people: list[Person], done: set[tuple[UUID, UUID]]) -> Unread | None:
    left = [person for person in people if (news.id, person.id) not in done]
    named = [person for person in people if person.id == news.decider_id]
    if named:
        left = [person for person in named if person in left]
    elif len(left) < len(people):
        return None
    return Unread(news, project, client, left) if left else None


def _readers(client_ids: set[UUID]) -> dict[UUID, list[tuple[Person, Role]]]:
    query = select(Membership, Person).join(Person, Person.id == Membership.person_id)
    here = (Membership.client_id.in_(client_ids), Membership.ended_at.is_(None), Membership.role != Role.GUEST)
    found: dict[UUID, list[tuple[Person, Role]]] = {}
    for member, person in db.session.execute(query.where(*here, Person.disabled_at.is_(None)).order_by(Person.name, Person.id)):
        found.setdefault(member.client_id, []).append((person, member.role))
    return {client_id: sorted(those, key=lambda one: list(Role).index(one[1])) for client_id, those in found.items()}
