"""Reads about locked files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kernel.record import Event, EventDetail, Kind
from portal.models.clients import Client
from portal.models.files import Upload
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Project


@dataclass(frozen=True)
class Locked:
    """A locked file with everything around it."""

    upload: Upload
    client: Client
    project: Project
    item: Item | None
    sender: Person
    virus: str


def locked(upload_id: UUID) -> Locked | None:
    """A file in which a virus was found, and what the scanner called it."""
    query = (
        select(Upload, Client, Project, Item, Person)
        .join(Client, Client.id == Upload.client_id)
        .join(Project, Project.id == Upload.project_id)
        .join(Person, Person.id == Upload.by_id)
        .outerjoin(Item, Item.id == Upload.item_id)
        .where(Upload.id == upload_id)
    )
    row = db.session.execute(query).first()
    return Locked(*row, virus=_virus(row.Upload)) if row else None


def _virus(upload: Upload) -> str:
    found = select(EventDetail.data).join(Event, (Event.chain_id == EventDetail.chain_id) & (Event.seq == EventDetail.seq))
    found = found.where(Event.object_id == upload.id, Event.kind == Kind.FILE_LOCKED).limit(1)
    said = db.session.scalar(found)
    return str(json.loads(said).get("virus", "")) if said else ""
