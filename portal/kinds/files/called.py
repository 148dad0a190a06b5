"""What the firm calls a client's files: the names the project's pattern gives them. Clients find the names they gave."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from portal.kernel.db import db
from portal.kinds.files import naming, shelf
from portal.models.clients import Client
from portal.models.files import FromSide, Upload
from portal.models.items import Item
from portal.models.people import the_firm
from portal.models.projects import Project


def our_names(entries: Sequence[shelf.Entry], *, language: str) -> dict[UUID, str]:
    """The names of these files where their projects have a pattern, by id."""
    found = [(entry.upload, entry.project, entry.item) for entry in entries if entry.project.naming]
    theirs = [row for row in found if row[0].side is FromSide.CLIENT]
    if not theirs:
        return {}
    clients, places = _clients({row[0].client_id for row in theirs}), shelf.numbers([row[0] for row in theirs])
    return {upload.id: _name(upload, project, item, clients, places, language) for upload, project, item in theirs}


def our_name(upload: Upload, *, language: str) -> str:
    """The name of one file; empty when its project has no pattern, or it came from us."""
    project = db.session.scalar(select(Project).where(Project.id == upload.project_id))
    if project is None or not project.naming or upload.side is not FromSide.CLIENT:
        return ""
    item = db.session.scalar(select(Item).where(Item.id == upload.item_id))
    return _name(upload, project, item, _clients({upload.client_id}), shelf.numbers([upload]), language)


def _clients(ids: Collection[UUID]) -> dict[UUID, Client]:
    return {client.id: client for client in db.session.scalars(select(Client).where(Client.id.in_(ids)))}


def _name(upload: Upload, project: Project, item: Item | None, clients: dict[UUID, Client], places: dict[UUID, int], language: str) -> str:
    client = clients[upload.client_id]
    facts = naming.Facts(
        client=client.name,
        project=project.name,
        item=item.text("title", client.language, language) if item else project.name,
        n=places.get(upload.id, 1),
        date=upload.received_at.astimezone(ZoneInfo(the_firm().zone)).date(),
        version=upload.version,
        original=upload.name,
    )
    return naming.name_of(project.naming, facts)
