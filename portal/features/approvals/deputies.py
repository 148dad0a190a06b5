"""Naming who decides for oneself while one is away. Both hear of it, it ends by itself, and it is never handed on."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Audience, Kind, record
from portal.kernel.refusal import N_, NotFound, Refused
from portal.kernel.viewer import Viewer
from portal.kinds import reading
from portal.kinds.approvals import seats
from portal.models import may
from portal.models.clients import Membership
from portal.models.deputies import Deputy
from portal.models.items import Item, Part
from portal.models.people import Person

LONGEST = timedelta(days=366)
NOT_YOURS = N_("Only somebody who decides here can name who decides in their place.")


def could_stand_in(item: Item, person_id: UUID | None) -> list[Person]:
    """Who can be named: the other contacts of the client who work there, by name."""
    mine = (Membership.client_id == item.client_id, Membership.ended_at.is_(None), Membership.role.in_(seats.SPEAKS))
    query = select(Person).join(Membership, Membership.person_id == Person.id).where(*mine, Person.id != person_id)
    return list(db.session.scalars(query.where(Person.disabled_at.is_(None)).order_by(Person.name, Person.id)))


def may_name(viewer: Viewer, item: Item) -> bool:
    """Whether the viewer decides here themselves; who only stands in names nobody."""
    return may.decide_item(viewer, item, reading.people_of(item.id, Part.DECIDE))


@action
def name_deputy(item: Item, deputy_id: UUID | None, begins_on: date, ends_on: date, *, by: Viewer) -> Deputy:
    """Let another contact of the same client decide in one's place; whoever was named before is named no longer."""
    require(may_name(by, item), NOT_YOURS)
    today = seats.today_of(item.client_id)
    person = next((one for one in could_stand_in(item, by.person_id) if one.id == deputy_id), None)
    if person is None:
        raise Refused(N_("Choose a colleague who works with us here."), field="deputy", status=422)
    if begins_on < today:
        raise Refused(N_("Choose today or a later day."), field="begins_on", status=422)
    if ends_on < begins_on:
        raise Refused(N_("The end lies before the start. Choose a later day."), field="ends_on", status=422)
    if ends_on - begins_on > LONGEST:
        raise Refused(N_("A year at most. You can name somebody again afterwards."), field="ends_on", status=422)
    _end_open(item, by=by)
    moment = now()
    ids = {"client_id": item.client_id, "person_id": by.person_id, "deputy_id": person.id}
    deputy = Deputy(id=uuid4(), **ids, begins_on=begins_on, ends_on=ends_on, named_at=moment)
    db.session.add(deputy)
    db.session.flush()
    days = {"begins_on": begins_on, "ends_on": ends_on}
    record(Kind.DEPUTY_NAMED, item, by=by, audience=Audience.SHARED, deputy=deputy.id, of=person.id, **days, detail={"name": person.name})
    return deputy


@action
def end_deputy(item: Item, deputy_id: UUID, *, by: Viewer) -> None:
    """Decide for oneself again."""
    mine = (Deputy.id == deputy_id, Deputy.client_id == item.client_id, Deputy.person_id == by.person_id)
    if by.person_id is None or db.session.scalar(select(Deputy).where(*mine)) is None:
        raise NotFound
    require(may_name(by, item), NOT_YOURS)
    if not _end_open(item, by=by):
        raise Refused(N_("Nobody decides in your place any more."))


def _end_open(item: Item, *, by: Viewer) -> bool:
    mine = (Deputy.client_id == item.client_id, Deputy.person_id == by.person_id, Deputy.ended_at.is_(None))
    row = db.session.scalar(select(Deputy).where(*mine).with_for_update())
    if row is None:
        return False
    row.end(at=now())
    db.session.flush()
    name = db.session.get_one(Person, row.deputy_id).name
    record(Kind.DEPUTY_ENDED, item, by=by, audience=Audience.SHARED, deputy=row.id, of=row.deputy_id, detail={"name": name})
    return True
