"""Who hears of new things: an invited contact by their first mail, everybody else by one mail per act."""

from __future__ import annotations

from datetime import timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import exists, select

from portal.kernel import outbox
from portal.kernel.db import db
from portal.kernel.notices import notice
from portal.kernel.outbox import Lane, Outbox, Stand
from portal.kernel.record import Fact, Kind
from portal.kinds import inviting
from portal.models.item_states import ItemState
from portal.models.items import Item

TOGETHER = timedelta(seconds=15)


@notice(Kind.CONTACT_INVITED)
def write_first_mail(fact: Fact) -> None:
    """Post the first mail with its link and code."""
    person_id = UUID(str(fact.facts["person"]))
    project = fact.facts.get("project")
    outbox.post(
        "first_mail",
        lane=Lane.MESSAGE,
        person_id=person_id,
        facts={"request": fact.facts["request"], "client": str(fact.client_id)},
        client_id=fact.client_id,
        project_id=UUID(str(project)) if project else None,
        dedupe=_first(fact.client_id, person_id),
    )


@notice(Kind.ITEM_SENT, Kind.ITEM_RESTORED, Kind.ITEM_OPENED)
def tell_of_items(fact: Fact) -> None:
    """Post one mail per person and project for whatever is sent in one go, to those who have been let in."""
    item = fact.thing
    if not isinstance(item, Item) or item.kind.is_decision or item.state is ItemState.LOCKED:
        return
    for contact in inviting.concerned([item], inviting.contacts_of(item.client_id)):
        if contact.invited_at is None or _first_mail_waits(item.client_id, contact.person_id):
            continue
        key = f"items_sent:{item.project_id}:{contact.person_id}"
        things = [one for one in cast("list[str]", outbox.waiting_facts(key).get("things") or []) if one != str(item.id)]
        outbox.post(
            "items_sent",
            lane=Lane.ASK,
            person_id=contact.person_id,
            facts={"project": str(item.project_id), "things": [*things, str(item.id)]},
            client_id=item.client_id,
            project_id=item.project_id,
            dedupe=key,
            wait=TOGETHER,
        )


def _first(client_id: UUID | None, person_id: UUID) -> str:
    return f"first_mail:{client_id}:{person_id}"


def _first_mail_waits(client_id: UUID, person_id: UUID) -> bool:
    waiting = exists().where(Outbox.dedupe == _first(client_id, person_id), Outbox.state == Stand.WAITING)
    return bool(db.session.scalar(select(waiting)))
