"""The two sides of the table, and who on the client's hears of what concerns a whole project."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Role, Viewer
from portal.kinds.news.badly import readers_of
from portal.kinds.news.when import leaves_for
from portal.models.clients import Client
from portal.models.files import FromSide
from portal.models.people import Person
from portal.models.projects import Project, ProjectState

TOGETHER = timedelta(minutes=5)
"""How long a mail waits for more of its kind."""


def side_of(viewer: Viewer) -> FromSide:
    """Which side of the table somebody sits on."""
    return FromSide.CLIENT if viewer.is_client else FromSide.FIRM


def need_person(viewer: Viewer) -> UUID:
    """The person behind a viewer; what is said here is said by somebody."""
    if viewer.person_id is None:
        raise Refused(N_("Only a person can do this."))
    return viewer.person_id


def need_shown(project: Project) -> None:
    """Refuse to show anything of a project no client has seen."""
    if project.state is ProjectState.DRAFT:
        raise Refused(N_("No client sees this project yet. Send its list first; until then this stays a draft."))


def hearing(client_id: UUID, *roles: Role) -> list[tuple[Person, datetime]]:
    """Who of the client with one of these roles hears of it, and when: together with what else comes, in their own daytime."""
    client = db.session.get_one(Client, client_id)
    found = [person for person, role in readers_of(client_id) if role in roles]
    return [(person, max(leaves_for(person, client), now() + TOGETHER)) for person in found]


def has_role(person_id: UUID, client_id: UUID, *roles: Role) -> bool:
    """Whether somebody still has one of these roles for a client."""
    return any(person.id == person_id and role in roles for person, role in readers_of(client_id))
