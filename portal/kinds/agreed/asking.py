"""Asking for something else than was agreed, and letting go of it again. Whether it is agreed is decided as everything is."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import acting_as, db
from portal.kernel.policy import require
from portal.kernel.record import Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import SYSTEM, Viewer
from portal.kinds import life, reading
from portal.models import may
from portal.models.approvals import ApprovalVersion, Decision
from portal.models.clients import Client
from portal.models.item_states import ItemKind, ItemState, Subject
from portal.models.items import Item, new_item
from portal.models.projects import Project

NO_CHANGE = N_("This is no change request that is still open. Please look again.")


@dataclass(frozen=True)
class Wish:
    """What somebody would like instead, and why; `about` is the thing they were looking at."""

    title: str
    why: str = ""
    about: UUID | None = None


@action
def write_scope(project: Project, title: str, *, by: Viewer) -> Item:
    """The scope that waits to be presented, or a new draft of one."""
    require(may.run_clients(by))
    reading.need_open(project)
    found = [item for item in reading.items_of(project.id) if item.subject is Subject.SCOPE and (item.is_draft or item.is_open)]
    if found:
        return found[-1]
    item = _new(project, Wish(title), Subject.SCOPE)
    record(Kind.ITEM_CREATED, item, by=by, kind=item.kind, detail={"title": title})
    return item


@action
def ask_for_change(project: Project, wish: Wish, *, by: Viewer) -> Item:
    """Write down what somebody would like instead. A client's wish is ours to complete; that of staff a draft until it is presented."""
    require(may.ask_change(by, project.client_id))
    if by.is_client:
        reading.need_active(project.state)
    reading.need_open(project)
    item = _new(project, wish, Subject.CHANGE, about=str(wish.about) if wish.about else None, asked_by=str(by.person_id))
    if by.is_client:
        item.send(at=now())
    record(Kind.CHANGE_ASKED, item, by=by, about=wish.about, detail={"title": wish.title, "words": wish.why})
    return item


@action
def one_more_round(item: Item, decision: Decision, title: str, *, by: Viewer) -> Item:
    """Write down that changes were asked for beyond the agreed rounds; staff say what that costs, or do it all the same."""
    project = db.session.scalars(select(Project).where(Project.id == item.project_id)).one()
    why = decision.words or "\n".join(str(pin["words"]) for pin in decision.pins)
    wish = Wish(title or item.text("title", reading.client_language(item)), why, item.id)
    change = _new(project, wish, Subject.CHANGE, about=str(item.id), asked_by=str(by.person_id), decision=str(decision.id))
    change.send(at=now())
    record(Kind.CHANGE_ASKED, change, by=by, about=item.id, decision=decision.id, detail={"title": wish.title, "words": wish.why})
    return change


@action
def drop_round(decision: Decision, *, by: Viewer) -> None:
    """Let go of what a wish beyond the rounds began, when that wish is taken back before we have presented anything."""
    asked = Item.spec["decision"].as_string() == str(decision.id)
    waits = select(Item).where(Item.client_id == decision.client_id, Item.state == ItemState.PREPARING, asked)
    with acting_as(SYSTEM):
        change = db.session.scalar(waits.with_for_update(of=Item))
        if change and not _was_presented(change):
            _let_go(change, by=by)


@action
def withdraw(item: Item, *, by: Viewer) -> None:
    """Let the client take a wish back that we have not answered yet."""
    require(may.ask_change(by, item.client_id) and by.is_client)
    if not can_withdraw(item, by):
        raise Refused(NO_CHANGE)
    _let_go(item, by=by)


def can_withdraw(item: Item, viewer: Viewer) -> bool:
    """Whether this is a wish of the client's that we have not answered: a round too many is taken back with the answer it came from."""
    open_wish = item.subject is Subject.CHANGE and item.state is ItemState.PREPARING and "decision" not in item.spec
    return open_wish and viewer.is_client and may.ask_change(viewer, item.client_id) and not _was_presented(item)


@action
def close(item: Item, words: str, *, free: bool = False, by: Viewer) -> None:
    """Go on without deciding it: what is asked for happens at no charge (`free`), or not at all. The client reads why."""
    require(may.run_clients(by))
    if item.subject is not Subject.CHANGE or not item.is_open:
        raise Refused(NO_CHANGE)
    if not words.strip():
        raise Refused(N_("Write one sentence, so that the client knows why."), field="words", status=422)
    life.waive(item, by=by)
    item.reason, item.reason_by_id = words.strip(), by.person_id
    item.spec = {**item.spec, "free": free}
    record(Kind.CHANGE_CLOSED, item, by=by, free=free, detail={"words": words.strip()})


def _let_go(item: Item, *, by: Viewer) -> None:
    item.waive(at=now())
    record(Kind.CHANGE_CLOSED, item, by=by, withdrawn=True)


def _was_presented(item: Item) -> bool:
    return db.session.scalar(select(ApprovalVersion.id).where(ApprovalVersion.item_id == item.id).limit(1)) is not None


def _new(project: Project, wish: Wish, subject: Subject, **more: object) -> Item:
    with acting_as(SYSTEM):
        last = db.session.scalar(select(func.max(Item.position)).where(Item.project_id == project.id)) or 0
    item = new_item(client_id=project.client_id, project_id=project.id, kind=ItemKind.APPROVAL, position=last + 1)
    item.say(db.session.get_one(Client, project.client_id).language, title=wish.title.strip(), why=wish.why.strip())
    item.spec = {"subject": subject.value, **{name: value for name, value in more.items() if value}}
    item.minutes = 3
    db.session.add(item)
    db.session.flush()
    return item
