"""A receipt on paper, for both sides; the record keeps its fingerprint, so that one that was changed later is found."""

from __future__ import annotations

import hashlib
import json
from uuid import UUID

from sqlalchemy import select

from portal.features.approvals import queries
from portal.kernel.action import action
from portal.kernel.db import db
from portal.kernel.record import Event, Kind, record
from portal.kernel.refusal import NotFound
from portal.kernel.viewer import Viewer
from portal.models.items import Item
from portal.web.doors import begin_writing, find, viewer
from portal.web.receipt_sheet import receipt_sheet


def paper(item: Item, decision_id: UUID) -> tuple[bytes, str]:
    """The receipt as a PDF/A, and its title; one that is handed out for the first time is noted with its fingerprint."""
    told = queries.receipt(item, decision_id)
    if told is None:
        raise NotFound
    content, title = receipt_sheet(told), f"{told.shown.title} {told.version.n}"
    sha256 = hashlib.sha256(content).hexdigest()
    if not _is_known(item.id, sha256):
        item_id = item.id
        begin_writing()
        note(find(Item, item_id), decision_id, sha256, by=viewer())
    return content, title


@action
def note(item: Item, decision_id: UUID, sha256: str, *, by: Viewer) -> None:
    """Write the fingerprint of a receipt into the record, once."""
    if not _is_known(item.id, sha256):
        record(Kind.RECEIPT_HANDED_OUT, item, by=by, decision=decision_id, hash=sha256)


def _is_known(item_id: UUID, sha256: str) -> bool:
    entries = select(Event.facts).where(Event.item_id == item_id, Event.kind == Kind.RECEIPT_HANDED_OUT.value)
    return any(json.loads(facts)["hash"] == sha256 for facts in db.session.scalars(entries))
