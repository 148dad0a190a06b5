"""Reads about giving files: whom it can reach, and what an act holds."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kernel.viewer import Role
from portal.models.clients import Client, Membership
from portal.models.files import Upload
from portal.models.marks import Seen
from portal.models.people import Person
from portal.models.projects import Project
from portal.models.sharing import Share, ShareFile, SharePerson


def contacts_of(client_id: UUID) -> list[Person]:
    """Everybody who speaks for a client now, by name."""
    query = select(Person).join(Membership, Membership.person_id == Person.id)
    query = query.where(Membership.client_id == client_id, Membership.ended_at.is_(None), Person.disabled_at.is_(None))
    return list(db.session.scalars(query.order_by(Person.name, Person.id)))


def readers(share: Share) -> list[Person]:
    """Whom an act reaches now: the named people, else everybody but guests; nobody who has left or was never let in."""
    query = select(Person).join(Membership, Membership.person_id == Person.id)
    query = query.where(Membership.client_id == share.client_id, Membership.ended_at.is_(None), Person.disabled_at.is_(None))
    named = select(SharePerson.person_id).where(SharePerson.share_id == share.id)
    who = Membership.role != Role.GUEST if share.for_all else Person.id.in_(named)
    return list(db.session.scalars(query.where(who, Membership.invited_at.is_not(None)).order_by(Person.name, Person.id)))


def files_of(share_id: UUID) -> list[Upload]:
    """The files of an act, by name."""
    query = select(Upload).join(ShareFile, ShareFile.upload_id == Upload.id).where(ShareFile.share_id == share_id)
    return list(db.session.scalars(query.order_by(Upload.name, Upload.id)))


def place_of(project_id: UUID) -> tuple[Project, Client]:
    """A project and its client."""
    found = select(Project, Client).join(Client, Client.id == Project.client_id).where(Project.id == project_id)
    project, client = db.session.execute(found).one()
    return project, client


def opened_by(share_id: UUID) -> list[tuple[Person, Seen]]:
    """Who opened an act of giving, and when."""
    query = select(Person, Seen).join(Seen, Seen.person_id == Person.id).where(Seen.kind == "share", Seen.object_id == share_id)
    return [(person, seen) for person, seen in db.session.execute(query.order_by(Seen.first_at))]
