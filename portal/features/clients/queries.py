"""Reads about clients: the list, who speaks for one, and whether a name is taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select

from portal.kernel.db import db
from portal.kernel.refusal import Refused
from portal.kernel.viewer import Role
from portal.models.clients import Client, Membership, sort_key
from portal.models.item_states import OPEN, ItemState
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Lane, Milestone, Project, ProjectState
from portal.models.sign_in import person_with

PAGE = 50
LANES = (Lane.CLIENTS, Lane.US, Lane.NOTHING)


@dataclass
class Row:
    """A client on the list, with the projects that are not put away and where each stands."""

    client: Client
    lead: Person | None
    projects: list[Project] = field(default_factory=list)
    stages: dict[UUID, Milestone] = field(default_factory=dict)

    @property
    def project(self) -> Project | None:
        """The project to show: the one where somebody waits, else the newest."""
        return min(self.projects, key=lambda p: (p.is_closed, LANES.index(p.lane), -p.created_at.timestamp()), default=None)

    @property
    def stage(self) -> Milestone | None:
        """The milestone that project stands at."""
        return self.stages.get(self.project.id) if self.project else None


@dataclass(frozen=True)
class Page:
    """One page of the list."""

    rows: list[Row]
    total: int
    n: int

    @property
    def has_next(self) -> bool:
        """Whether more clients follow."""
        return self.n * PAGE < self.total


def clients(*, words: str, archived: bool, n: int) -> Page:
    """Clients whose name, project or contact holds these words, by name; in a fixed number of queries."""
    query = _matching(select(Client), words).where(Client.archived_at.is_not(None) if archived else Client.archived_at.is_(None))
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    found = list(db.session.scalars(query.order_by(Client.sort_key, Client.id).limit(PAGE).offset((n - 1) * PAGE)))
    leads = people({client.lead_id for client in found})
    rows = {client.id: Row(client, leads.get(client.lead_id)) for client in found}
    for project in _projects(list(rows)):
        rows[project.client_id].projects.append(project)
    _add_stages(rows)
    return Page(list(rows.values()), total, n)


def any_clients() -> bool:
    """Whether there is a client at all."""
    return db.session.scalar(select(Client.id).limit(1)) is not None


def client_named(name: str, *, but: UUID | None = None) -> Client | None:
    """A client already known by this name, whatever its case and marks."""
    query = select(Client).where(Client.sort_key == sort_key(name.strip()))
    return db.session.scalars(query.where(Client.id != but) if but else query).first()


def people(ids: set[UUID]) -> dict[UUID, Person]:
    """People by id."""
    return {one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(sorted(ids))))}


def contact(client_id: UUID, person_id: UUID) -> tuple[Membership, Person] | None:
    """One contact of a client, locked when this session writes."""
    query = select(Membership, Person).join(Person, Person.id == Membership.person_id)
    query = query.where(Membership.client_id == client_id, Membership.person_id == person_id)
    if db.session().info.get("writes"):
        query = query.with_for_update(of=Membership)
    found = db.session.execute(query).first()
    return (found[0], found[1]) if found else None


def _matching(query: Select[Any], words: str) -> Select[Any]:
    text = sort_key(words.strip())
    if not text:
        return query
    like = f"%{text.replace('/', '//').replace('%', '/%').replace('_', '/_')}%"
    by_project = select(Project.client_id).where(func.lower(Project.name).like(like, escape="/"))
    named = or_(func.lower(Person.name).like(like, escape="/"), Person.email_canon.like(like, escape="/"))
    by_person = select(Membership.client_id).join(Person, Person.id == Membership.person_id).where(named, Membership.ended_at.is_(None))
    return query.where(or_(Client.sort_key.like(like, escape="/"), Client.id.in_(by_project), Client.id.in_(by_person)))


def _projects(client_ids: list[UUID]) -> list[Project]:
    shown = (Project.client_id.in_(client_ids), Project.state != ProjectState.ARCHIVED)
    return list(db.session.scalars(select(Project).where(*shown).order_by(Project.created_at.desc(), Project.id)))


def _add_stages(rows: dict[UUID, Row]) -> None:
    """Note the first milestone of each project with something open; else the first of which nothing is settled yet, or the last."""
    ids = [project.id for row in rows.values() for project in row.projects]
    is_open = Item.state.in_(OPEN)
    things = select(Item.milestone_id, is_open).where(Item.project_id.in_(ids), is_open | (Item.state == ItemState.ACCEPTED)).distinct()
    known = {(stage, bool(still)) for stage, still in db.session.execute(things)}
    found: dict[UUID, list[Milestone]] = defaultdict(list)
    for milestone in db.session.scalars(select(Milestone).where(Milestone.project_id.in_(ids)).order_by(Milestone.position, Milestone.id)):
        found[milestone.project_id].append(milestone)
    for row in rows.values():
        for project in row.projects:
            stages = found[project.id]
            untouched = (m for m in stages if (m.id, False) not in known)
            current = next((m for m in stages if (m.id, True) in known), next(untouched, stages[-1] if stages else None))
            if current:
                row.stages[project.id] = current


def person_at(email: str) -> Person | None:
    """Whoever is known by this address already; nobody by what is no address yet."""
    try:
        return person_with(email)
    except Refused:
        return None


def speakers(client_id: UUID) -> list[Person]:
    """Everybody who speaks for a client now, those who decide first."""
    here = (Membership.person_id == Person.id, Membership.client_id == client_id, Membership.ended_at.is_(None))
    rows = db.session.execute(select(Person, Membership.role).join(Membership, and_(*here)).order_by(Person.name, Person.id))
    return [person for person, _role in sorted(rows, key=lambda row: row[1] is not Role.DECIDE)]


def clients_named(keys: Collection[str]) -> dict[str, Client]:
    """Clients already known by these names, by sorting key."""
    return {one.sort_key: one for one in db.session.scalars(select(Client).where(Client.sort_key.in_(sorted(keys))))} if keys else {}


def people_at(addresses: Collection[str]) -> dict[str, Person]:
    """Whoever is known by these addresses, by address."""
    found = select(Person).where(Person.email_canon.in_(sorted(addresses)))
    return {one.email_canon: one for one in db.session.scalars(found)} if addresses else {}
