"""A receipt on paper, for both sides; the record keeps its fingerprint, so that one that was changed later is found.

The worker writes it as soon as something was decided or taken back. Where paper says otherwise by now (a project got another name), the
worker is asked once more; handing it out writes nothing into the record.
"""

from __future__ import annotations

import hashlib
import json
from uuid import UUID

from sqlalchemy import select

from portal.features.approvals import queries
from portal.kernel import chores
from portal.kernel.action import action
from portal.kernel.db import db, open_session
from portal.kernel.record import Event, Kind, record
from portal.kernel.refusal import NotFound
from portal.kernel.scope import find
from portal.kernel.viewer import SYSTEM
from portal.kinds.approvals.kind import Receipt
from portal.models.items import Item
from portal.web.doors import begin_writing
from portal.web.receipt_sheet import receipt_sheet

WRITE = "receipt"


def paper(item: Item, decision_id: UUID) -> tuple[bytes, str]:
    """The receipt as a PDF/A, and its title."""
    told = queries.receipt(item, decision_id)
    if told is None:
        raise NotFound
    content, title = sheet(told)
    if not _is_known(item.id, _sum(content)):
        item_id = item.id
        begin_writing()
        order_again(find(Item, item_id), decision_id)
    return content, title


def sheet(told: Receipt) -> tuple[bytes, str]:
    """The paper itself, and its title."""
    return receipt_sheet(told), f"{told.shown.title} {told.version.n}"


def order(item: Item, decision_id: UUID, *, why: str) -> None:
    """Have the receipt written, in the transaction that decided or took back."""
    ids: chores.Facts = {"item": str(item.id), "decision": str(decision_id)}
    chores.order(WRITE, facts=ids, client_id=item.client_id, project_id=item.project_id, dedupe=f"{WRITE}:{decision_id}:{why}")


@action
def order_again(item: Item, decision_id: UUID) -> None:
    """Have it written as it says now."""
    order(item, decision_id, why="again")


@chores.chore(WRITE)
def write(facts: chores.Facts) -> None:
    """Set the receipt and note its fingerprint; nobody waits for a lock while it is set."""
    item_id, decision_id = UUID(str(facts["item"])), UUID(str(facts["decision"]))
    open_session(SYSTEM, writes=False)
    told = queries.receipt(find(Item, item_id), decision_id)
    if told is None:
        return
    found = _sum(receipt_sheet(told))
    open_session(SYSTEM, writes=True)
    note(find(Item, item_id), decision_id, found)


@action
def note(item: Item, decision_id: UUID, sha256: str) -> None:
    """Write the fingerprint of a receipt into the record, once."""
    if not _is_known(item.id, sha256):
        record(Kind.RECEIPT_HANDED_OUT, item, by=SYSTEM, decision=decision_id, hash=sha256)


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _is_known(item_id: UUID, sha256: str) -> bool:
    entries = select(Event.facts).where(Event.item_id == item_id, Event.kind == Kind.RECEIPT_HANDED_OUT.value)
    return any(json.loads(facts)["hash"] == sha256 for facts in db.session.scalars(entries))
