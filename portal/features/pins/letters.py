"""The letter about new comments, with their words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kernel.record import Audience
from portal.kinds.about import item_in
from portal.kinds.approvals import kind as approvals
from portal.kinds.approvals import pins
from portal.kinds.approvals.pins import Pinned
from portal.models.approvals import Decision
from portal.models.people import Person
from portal.models.pins import Pin
from portal.web.letterhead import print_letter
from portal.web.letterpress import Letter
from portal.web.letters import letter
from portal.web.links import for_person


@dataclass(frozen=True)
class Line:
    """One thing that was said: to which comment, by whom, and whether it is a reply."""

    told: Pinned
    who: str
    words: str
    at: datetime
    is_reply: bool


@letter("comments_made")
def comments_made(person: Person, facts: dict[str, object]) -> Letter | None:
    """What the other side said since; nothing where a decision told it already, or all of it was answered."""
    item = item_in(facts)
    version = approvals.standing_version(item.id) if item else None
    if item is None or version is None:
        return None
    since = datetime.fromisoformat(str(facts["since"]))
    shared = pins.pins_where(Pin.item_id == item.id, Pin.audience == Audience.SHARED)
    lines = [line for told in shared for line in _said(told, since, to=person)]
    known = {str(one) for decision in _decisions(item.id) for one in decision.pin_ids} if person.is_staff else set()
    lines = [line for line in lines if line.is_reply or str(line.told.pin.id) not in known]
    if not lines:
        return None
    door = "staff" if person.is_staff else "client"
    first = lines[0].told.pin
    link = for_person(person, f"{door}.pins.show", item_id=item.id, upload_id=first.upload_id)
    return print_letter("pins/comments_made", person, item=item, title=version.shown.title, lines=lines, link=link)


def _said(told: Pinned, since: datetime, *, to: Person) -> list[Line]:
    """What people of the other side said about one comment since then."""
    said = [Line(told, told.by.name, told.pin.words, told.pin.at, False)] if told.by.is_staff is not to.is_staff else []
    said += [Line(told, one.by.name, one.row.words, one.row.at, True) for one in told.replies if one.by.is_staff is not to.is_staff]
    return [line for line in said if line.at >= since]


def _decisions(item_id: UUID) -> list[Decision]:
    return list(db.session.scalars(select(Decision).where(Decision.item_id == item_id, Decision.taken_back_at.is_(None))))
