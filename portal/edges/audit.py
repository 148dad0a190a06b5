"""Walking the record: is every chain whole, and is what was handed over, presented and received still what it was?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, select

from portal.kernel.db import db
from portal.kernel.evidence import canonical, fingerprint, sealed
from portal.kernel.record import FIRST, ChainHead, Event, EventDetail, Kind
from portal.models.approvals import FINGERPRINT, ApprovalVersion, Decision
from portal.models.deliveries import HandOver
from portal.models.files import Upload

AT_ONCE = 500
HANDED, VERSION, FILE, DECISION, TAKEN_BACK = "hand-over", "version", "file", "decision", "taken back"
Known = dict[tuple[str, str], str]
Row = TypeVar("Row")


def troubles() -> Iterator[str]:
    """Everything that is not as it was recorded, one sentence each, chain by chain. Needs a session opened for the system."""
    heads = {head.chain_id: head for head in db.session.scalars(select(ChainHead))}
    chains = set(db.session.scalars(select(Event.chain_id).distinct())) | {chain for chain, head in heads.items() if head.seq}
    known: Known = {}
    for chain_id in sorted(chains):
        yield from _chain(chain_id, heads.get(chain_id), known)
    yield from _frozen(known)
    yield from _decided(known)
    yield from (f"{name} {which}: it is recorded, but it is not here." for (name, which) in known if name != TAKEN_BACK)


def count() -> tuple[int, int]:
    """How many chains and how many entries there are."""
    entries = [head.seq for head in db.session.scalars(select(ChainHead)) if head.seq]
    return len(entries), sum(entries)


def _chain(chain_id: UUID, head: ChainHead | None, known: Known) -> Iterator[str]:
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
        _remember(event, detail.data if detail else None, known)
        last_seq, last_hash = event.seq, event.hash
    if head is None or (head.seq, head.hash) != (last_seq, last_hash):
        yield f"chain {chain_id}: its head does not name its last entry, {last_seq}."
    for seq in details:
        yield f"chain {chain_id}, entry {seq}: there are names and sentences without an entry."


def _remember(event: Event, told: str | None, known: Known) -> None:
    """Keep what the chain says of things whose rows lie beside it."""
    facts = json.loads(event.facts)
    if event.kind == Kind.ITEM_HANDED_OVER:
        known[HANDED, f"{facts['round']} of item {event.item_id}"] = facts["hash"]
    elif event.kind == Kind.VERSION_PRESENTED:
        known[VERSION, f"{facts['n']} of item {event.item_id}"] = facts["hash"]
    elif event.kind == Kind.FILE_ADDED:
        known[FILE, str(event.object_id)] = facts["hash"]
    elif event.kind == Kind.DECISION_MADE:
        known[DECISION, facts["decision"]] = _decision(event.actor_id, facts["version"], facts["choice"], told)
    elif event.kind == Kind.DECISION_TAKEN_BACK:
        known[TAKEN_BACK, facts["decision"]] = ""


def _frozen(known: Known) -> Iterator[str]:
    """What is kept beside the chain has to fit both its own hash and the one in the chain."""
    for handed in _all(select(HandOver).order_by(HandOver.at)):
        found = fingerprint("hand_over", handed.content)
        yield from _look(HANDED, f"{handed.round} of item {handed.item_id}", handed.sha256, found, known)
    for version in _all(select(ApprovalVersion).order_by(ApprovalVersion.presented_at)):
        found = fingerprint(FINGERPRINT, version.snapshot)
        yield from _look(VERSION, f"{version.n} of item {version.item_id}", version.sha256, found, known)
    for upload in _all(select(Upload).order_by(Upload.received_at)):
        yield from _look(FILE, str(upload.id), upload.sha256, upload.sha256, known)


def _decided(known: Known) -> Iterator[str]:
    """Each decision has to say what the chain says; its words and evidence too, as long as they are not erased there."""
    for row in _all(select(Decision).order_by(Decision.at)):
        recorded = known.pop((DECISION, str(row.id)), None)
        told = canonical(row.evidence | {"words": row.words})
        if recorded is None:
            yield f"{DECISION} {row.id}: the record knows nothing of it."
        elif recorded not in (_decision(row.person_id, row.version_id, row.choice, said) for said in (told, None)):
            yield f"{DECISION} {row.id}: it was changed."
        if (row.taken_back_at is None) == ((TAKEN_BACK, str(row.id)) in known):
            yield f"{DECISION} {row.id}: the record says otherwise of its being taken back."


def _decision(person: object, version: object, choice: str, told: str | None) -> str:
    return f"{person} {version} {choice} {told or ''}"


def _look(name: str, which: str, said: str, found: str, known: Known) -> Iterator[str]:
    if said != found:
        yield f"{name} {which}: its content was changed."
    if known.pop((name, which), None) != said:
        yield f"{name} {which}: the record knows nothing of it."


def _all(query: Select[Row]) -> Iterator[Row]:
    return iter(db.session.scalars(query.execution_options(yield_per=AT_ONCE)))
