"""The letter about files we give. It reads anew what is still given, and to this person, when it leaves."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from sqlalchemy import select

from portal.features.sharing import queries
from portal.kernel.db import db
from portal.models.people import Person
from portal.models.sharing import Share
from portal.web.i18n import size
from portal.web.letterhead import print_letter
from portal.web.letterpress import Letter
from portal.web.letters import letter
from portal.web.links import for_person

MOST_FILES = 20


@letter("files_given")
def files_given(person: Person, facts: dict[str, object]) -> Letter | None:
    """What is there now, and where; nothing when all of it was taken back or is not for this person any more."""
    ids = [UUID(one) for one in cast("list[str]", facts["shares"])]
    shares = db.session.scalars(select(Share).where(Share.id.in_(ids), Share.withdrawn_at.is_(None)).order_by(Share.shared_at))
    mine = [share for share in shares if person.id in {one.id for one in queries.readers(share)}]
    files = [file for share in mine for file in queries.files_of(share.id)]
    if not files:
        return None
    project, _client = queries.place_of(mine[0].project_id)
    last = mine[-1]
    sender = db.session.get_one(Person, last.by_id)
    alone = len(mine) == 1
    return print_letter(
        "sharing/files_given",
        person,
        project=project.name,
        sender=sender,
        count=len(files),
        files=[{"title": file.name, "line": size(file.bytes)} for file in files[:MOST_FILES]],
        more=max(0, len(files) - MOST_FILES),
        notes=[share.note for share in mine if share.note],
        link=for_person(person, "client.sharing.show", share_id=last.id)
        if alone
        else for_person(person, "client.files.index", side="firm"),
    )
