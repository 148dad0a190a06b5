"""Reads about files: whom they are for, and what was taken back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.models.people import Person
from portal.models.projects import Project
from portal.models.sharing import Share, SharePerson


def projects_of(client_id: UUID | None = None) -> list[Project]:
    """The projects whose files can be asked for, the newest first."""
    query = select(Project).order_by(Project.created_at.desc(), Project.id)
    return list(db.session.scalars(query.where(Project.client_id == client_id) if client_id else query))


def taken_back(project_ids: Sequence[UUID]) -> list[tuple[Share, Person]]:
    """What we gave and took back, the latest first, with who did."""
    query = select(Share, Person).join(Person, Person.id == Share.withdrawn_by)
    query = query.where(Share.withdrawn_at.is_not(None), Share.project_id.in_(project_ids))
    return [(share, person) for share, person in db.session.execute(query.order_by(Share.withdrawn_at.desc()).limit(5))]


def readers_of(shares: Sequence[Share]) -> dict[UUID, list[Person]]:
    """Whom acts of giving reach that are not for everybody."""
    some = [share.id for share in shares if not share.for_all]
    query = select(SharePerson.share_id, Person).join(Person, Person.id == SharePerson.person_id).where(SharePerson.share_id.in_(some))
    found: dict[UUID, list[Person]] = {}
    for share_id, person in db.session.execute(query.order_by(Person.name)) if some else ():
        found.setdefault(share_id, []).append(person)
    return found
