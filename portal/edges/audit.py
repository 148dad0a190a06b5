"""Walking the record: is every chain whole, and is what was handed over, presented and received still what it was?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, select

from portal.kernel.db import db
from portal.kernel.evidence import fingerprint, sealed
from portal.kernel.record import FIRST, ChainHead, Event, EventDetail, Kind
from portal.models.approvals import FINGERPRINT, ApprovalVersion
from portal.models.deliveries import HandOver
from portal.models.files import Upload

AT_ONCE = 500
Row = TypeVar("Row")


def troubles() -> Iterator[str]:
    """Everything that is not as it was recorded, one sentence each, chain by chain. Needs a session opened for the system."""
    heads = {head.chain_id: head for head in db.session.scalars(select(ChainHead))}
    chains = set(db.session.scalars(select(Event.chain_id).distinct())) | {chain for chain, head in heads.items() if head.seq}
    known: dict[str, set[str]] = {}
    for chain_id in sorted(chains):
        yield from _chain(chain_id, heads.get(chain_id), known)
    yield from _frozen(known)


def count() -> tuple[int, int]:
    """How many chains and how many entries there are."""
    entries = [head.seq for head in db.session.scalars(select(ChainHead)) if head.seq]
    return len(entries), sum(entries)


def _chain(chain_id: UUID, head: ChainHead | None, known: dict[str, set[str]]) -> Iterator[str]:
    last_seq, last_hash = 0, FIRST
    details = {row.seq: row for row in db.session.scalars(select(EventDetail).where(EventDetail.chain_id == chain_id))}
    entries = select(Event).where(Event.chain_id == chain_id).order_by(Event.seq).execution_options(yield_per=AT_ONCE)
    for event in db.session.scalars(entries):
        where = f"chain {chain_id}, entry {event.seq} ({event.kind})"
        if event.seq != last_seq + 1:
            yield f"{where}: the entries before it are missing, the last one is {last_seq}."
        elif event.prev_hash != last_hash:
            yield f"{where}: it does not follow the entry before it."
        if event.hash != fingerprint("event", event.content()):
            yield f"{where}: it was changed."
        detail = details.pop(event.seq, None)
        if detail and sealed(detail.salt, detail.data) != event.detail_hash:
            yield f"{where}: its names and sentences were changed."
        _remember(event, known)
        last_seq, last_hash = event.seq, event.hash
    if head is None or (head.seq, head.hash) != (last_seq, last_hash):
        yield f"chain {chain_id}: its head does not name its last entry, {last_seq}."
    for seq in details:
        yield f"chain {chain_id}, entry {seq}: there are names and sentences without an entry."


def _remember(event: Event, known: dict[str, set[str]]) -> None:
    hashed = json.loads(event.facts).get("hash")
    if hashed:
        known.setdefault(event.kind, set()).add(hashed)


def _frozen(known: dict[str, set[str]]) -> Iterator[str]:
    """What is kept beside the chain has to fit both its own hash and the one in the chain."""
    for handed in _all(select(HandOver).order_by(HandOver.at)):
        yield from _look(
            f"hand-over {handed.id}", handed.sha256, fingerprint("hand_over", handed.content), known.get(Kind.ITEM_HANDED_OVER, set())
        )
    for version in _all(select(ApprovalVersion).order_by(ApprovalVersion.presented_at)):
        found = fingerprint(FINGERPRINT, version.snapshot)
        yield from _look(f"version {version.n} of item {version.item_id}", version.sha256, found, known.get(Kind.VERSION_PRESENTED, set()))
    for upload in _all(select(Upload).order_by(Upload.received_at)):
        yield from _look(f"file {upload.id}", upload.sha256, upload.sha256, known.get(Kind.FILE_ADDED, set()))


def _look(what: str, said: str, found: str, recorded: Iterable[str]) -> Iterator[str]:
    if said != found:
        yield f"{what}: its content was changed."
    if said not in recorded:
        yield f"{what}: the record knows nothing of it."


def _all(query: Select[Row]) -> Iterator[Row]:
    return iter(db.session.scalars(query.execution_options(yield_per=AT_ONCE)))
