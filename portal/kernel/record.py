"""The record: what happened, chained by hashes. Ids, kinds, numbers and dates are chained; names and sentences lie beside it, erasable."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel import notices
from portal.kernel.clock import now
from portal.kernel.db import Base, db, insert_or_ignore
from portal.kernel.event_kinds import Audience, Kind
from portal.kernel.evidence import canonical, sealed
from portal.kernel.spelling import linked
from portal.kernel.viewer import Via, Viewer
from portal.kernel.whole import FIRST

__all__ = ["FIRM", "Audience", "ChainHead", "Event", "EventDetail", "Fact", "Kind", "record"]

FORMAT = 2
FIRM = UUID(int=1)


class Event(Base):
    """One thing that happened, in the chain of its client or of the firm; never changed, never deleted."""

    __tablename__ = "event"

    chain_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(sa.String(40))
    actor_id: Mapped[UUID | None]
    via: Mapped[str] = mapped_column(sa.String(16))
    client_id: Mapped[UUID | None]
    project_id: Mapped[UUID | None]
    item_id: Mapped[UUID | None]
    object_id: Mapped[UUID | None]
    audience: Mapped[str] = mapped_column(sa.String(16))
    facts: Mapped[str] = mapped_column(sa.Text)
    detail_hash: Mapped[str | None] = mapped_column(sa.String(64))
    salt: Mapped[str] = mapped_column(sa.String(64))
    prev_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))

    __table_args__ = (
        sa.UniqueConstraint("chain_id", "prev_hash"),
        sa.Index("ix_event_item", "item_id"),
        sa.Index("ix_event_project_at", "project_id", "at"),
        sa.Index("ix_event_client_at", "client_id", "at"),
    )

    def told(self) -> dict[str, object]:
        """What it says; its seal goes into the hash, so that an entry can be shown to be in its place without being shown."""
        return told(self)

    def content(self) -> str:
        """What it says, in its one spelling."""
        return canonical(self.told())

    @property
    def body(self) -> str:
        """The seal over what it says."""
        return sealed(self.salt, self.content())


class EventDetail(Base):
    """The names and sentences of an event; can be erased without breaking the chain."""

    __tablename__ = "event_detail"

    chain_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    salt: Mapped[str] = mapped_column(sa.String(64))
    data: Mapped[str] = mapped_column(sa.Text)

    __table_args__ = (sa.ForeignKeyConstraint(["chain_id", "seq"], ["event.chain_id", "event.seq"], ondelete="RESTRICT"),)


class ChainHead(Base):
    """The last link of a chain; its lock orders all who write to it."""

    __tablename__ = "chain_head"

    chain_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(sa.String(64))


def told(row: Any) -> dict[str, object]:
    """What an event, or a row with its columns, says."""
    return {
        "actor": str(row.actor_id) if row.actor_id else None,
        "client": str(row.client_id) if row.client_id else None,
        "project": str(row.project_id) if row.project_id else None,
        "item": str(row.item_id) if row.item_id else None,
        "object": str(row.object_id) if row.object_id else None,
        "chain": str(row.chain_id),
        "format": FORMAT,
        "at": row.at.isoformat(timespec="microseconds"),
        "kind": row.kind,
        "via": row.via,
        "audience": row.audience,
        "facts": row.facts,
        "detail_hash": row.detail_hash,
    }


@dataclass(frozen=True)
class Fact:
    """Something recorded in the open action, not yet chained."""

    kind: Kind
    by: Viewer
    thing: object
    client_id: UUID | None
    project_id: UUID | None
    item_id: UUID | None
    object_id: UUID | None
    audience: Audience
    facts: Mapping[str, str | int | None] = field(default_factory=dict)
    detail: Mapping[str, object] | None = None

    @property
    def chain_id(self) -> UUID:
        """The client's chain, or the firm's for what belongs to no client."""
        return self.client_id or FIRM


open_facts: ContextVar[list[Fact] | None] = ContextVar("open_facts", default=None)


def record(
    kind: Kind,
    thing: object,
    /,
    *,
    by: Viewer,
    audience: Audience = Audience.SHARED,
    detail: Mapping[str, object] | None = None,
    **facts: object,
) -> None:
    """Note that something happened to a thing; written with the open action's commit. Facts are ids, numbers, dates and hashes only."""
    open_list = open_facts.get()
    if open_list is None:
        raise RuntimeError("record() belongs inside an action")
    table = getattr(thing, "__tablename__", "")
    own = getattr(thing, "id", None)
    client_id = own if table == "client" else getattr(thing, "client_id", None)
    project_id = own if table == "project" else getattr(thing, "project_id", None)
    item_id = own if table == "item" else getattr(thing, "item_id", None)
    plain = {name: _plain(value) for name, value in facts.items()}
    open_list.append(Fact(kind, by, thing, client_id, project_id, item_id, own, audience, plain, detail))


def latest_of(kinds: Collection[Kind], item_ids: Collection[UUID]) -> dict[UUID, Kind]:
    """Which of these kinds happened last to each item; what the open action has recorded counts already."""
    known = [kind.value for kind in kinds]
    query = select(Event.item_id, Event.kind).where(Event.item_id.in_(sorted(item_ids)), Event.kind.in_(known)).order_by(Event.seq)
    found = {item_id: Kind(kind) for item_id, kind in db.session.execute(query) if item_id} if item_ids else {}
    pending = open_facts.get() or ()
    return found | {fact.item_id: fact.kind for fact in pending if fact.item_id and fact.item_id in item_ids and fact.kind in kinds}


def write(facts: Iterable[Fact]) -> None:
    """Chain what was recorded, chain heads locked in a fixed order, and let notices hear of it."""
    facts = list(facts)
    heads = {chain_id: _locked_head(chain_id) for chain_id in sorted({fact.chain_id for fact in facts})}
    for fact in facts:
        _append(fact, heads[fact.chain_id])
    db.session.flush()
    for fact in facts:
        notices.give(fact)


def _plain(value: object) -> str | int | None:
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, (UUID, date, datetime)):
        return value.isoformat() if isinstance(value, (date, datetime)) else str(value)
    if isinstance(value, str) and len(value) <= 64 and value.isascii() and " " not in value:
        return value
    raise TypeError(f"a chained fact is an id, a number, a date or a hash, not {value!r}: put sentences into detail")


def _locked_head(chain_id: UUID) -> ChainHead:
    query = select(ChainHead).where(ChainHead.chain_id == chain_id).with_for_update().execution_options(populate_existing=True)
    head = db.session.scalars(query).one_or_none()
    if head:
        return head
    insert_or_ignore(ChainHead, {"chain_id": chain_id, "seq": 0, "hash": FIRST})
    return db.session.scalars(query).one()


def _append(fact: Fact, head: ChainHead) -> None:
    data = canonical(fact.detail) if fact.detail else None
    salt = secrets.token_hex(32)
    event = Event(
        chain_id=fact.chain_id,
        seq=head.seq + 1,
        at=now(),
        kind=fact.kind.value,
        actor_id=fact.by.person_id,
        via=(fact.by.via or Via.PAGE).value,
        client_id=fact.client_id,
        project_id=fact.project_id,
        item_id=fact.item_id,
        object_id=fact.object_id,
        audience=fact.audience.value,
        facts=canonical(fact.facts),
        detail_hash=sealed(salt, data) if data else None,
        salt=secrets.token_hex(32),
        prev_hash=head.hash,
        hash="",
    )
    event.hash = linked(str(event.chain_id), event.seq, event.prev_hash, event.body)
    db.session.add(event)
    if data:
        db.session.add(EventDetail(chain_id=event.chain_id, seq=event.seq, salt=salt, data=data))
    head.seq, head.hash = event.seq, event.hash
