"""A call from being asked for to being held: the client proposes times, one of us takes one, and an item they ask about waits for us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds import reading, snags
from portal.models import may
from portal.models.calls import Call, Outcome
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Project

MOST = 3
FAR = timedelta(days=60)


@dataclass(frozen=True)
class Wish:
    """What somebody wants to talk about, when it suits them, and under which number; or that any time does."""

    about: str
    slots: list[datetime]
    number: str
    any_time: bool = False


@action
def ask(project: Project, wish: Wish, *, item: Item | None = None, by: Viewer) -> Call:
    """Ask to be called; whoever waits for a call already takes that back first."""
    require(may.ask_call(by, project.client_id))
    if project.is_closed:
        raise Refused(reading.CLOSED)
    if open_of(project.id, by.person_id):
        raise Refused(N_("You have asked for a call already. Take that back first if the times do not suit you any more."))
    person = db.session.get_one(Person, by.person_id)
    person.phone = wish.number.strip() or person.phone
    if not person.phone:
        raise Refused(N_("Write the number we can call."), field="phone", status=422)
    if not wish.about.strip():
        raise Refused(N_("Write in a few words what it is about."), field="about", status=422)
    ids = {"client_id": project.client_id, "project_id": project.id, "item_id": item.id if item else None, "person_id": person.id}
    call = Call(id=uuid4(), about=wish.about.strip(), slots=[] if wish.any_time else _proposed(wish.slots), asked_at=now(), **ids)
    db.session.add(call)
    if item and snags.can_tell(by, item):
        snags.take(item, by=by)
    db.session.flush()
    record(Kind.CALL_ASKED, call, by=by, times=len(call.slots), detail={"words": call.about})
    return call


def open_of(project_id: UUID, person_id: UUID | None) -> Call | None:
    """The call in a project that somebody waits for."""
    mine = (Call.project_id == project_id, Call.person_id == person_id, Call.ended_at.is_(None))
    return db.session.scalar(select(Call).where(*mine).order_by(Call.asked_at.desc()).limit(1))


@action
def fix(call: Call, slot: datetime, *, by: Viewer) -> None:
    """Take one of the times; who takes it calls."""
    require(may.run_clients(by))
    if by.person_id is None:
        raise RuntimeError("somebody has to call")
    call.fix(slot, staff_id=by.person_id, at=now())
    record(Kind.CALL_FIXED, call, by=by, at=slot, staff=by.person_id)


@action
def decline(call: Call, answer: str, *, by: Viewer) -> None:
    """Say that none of the times can be, or that a call is not needed, in words the client reads."""
    require(may.run_clients(by))
    if not answer.strip():
        raise Refused(N_("Write one sentence, so that the client knows how it goes on."), field="answer", status=422)
    _end(call, Outcome.DECLINED, answer=answer.strip(), by=by)


@action
def withdraw(call: Call, *, by: Viewer) -> None:
    """Take the wish for a call back."""
    require(by.person_id == call.person_id and by.seen_as is None)
    _end(call, Outcome.WITHDRAWN, by=by)


def held(call: Call) -> None:
    """Note that a call was held. Called inside an action."""
    call.end(Outcome.HELD, at=now())
    _let_go(call)


def _end(call: Call, outcome: Outcome, *, answer: str = "", by: Viewer) -> None:
    call.end(outcome, at=now(), answer=answer)
    _let_go(call)
    record(Kind.CALL_ENDED, call, by=by, outcome=outcome, detail={"words": answer})


def _let_go(call: Call) -> None:
    item = db.session.scalar(select(Item).where(Item.id == call.item_id)) if call.item_id else None
    if item:
        snags.let_go(item)


def _proposed(slots: list[datetime]) -> list[str]:
    moment = now()
    if not slots:
        raise Refused(N_("Propose at least one time."), field="slot_1", status=422)
    if any(slot <= moment for slot in slots):
        raise Refused(N_("Propose times that lie ahead."), field="slot_1", status=422)
    if any(slot > moment + FAR for slot in slots):
        raise Refused(N_("Propose times within the next two months."), field="slot_1", status=422)
    return [slot.isoformat() for slot in sorted(set(slots))[:MOST]]
