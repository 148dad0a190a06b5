"""Walking the record: is every chain whole, and is what was handed over, presented and received still what it was?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

from portal.kernel.db import db
from portal.kernel.record import ChainHead, Event, EventDetail
from portal.kernel.whole import CHANGED, Trouble
from portal.kernel.whole import troubles as look
from portal.kinds.record.proving import Living, steady


def troubles(
    anchors: Sequence[Mapping[str, Any]] = (), *, receipts: Sequence[tuple[str, str]] = (), bytes_too: bool = False
) -> Iterator[Trouble]:
    """Everything that is not as it was recorded, chain by chain. Needs a session opened for the system."""
    steady()
    yield from look(Living(bytes_too=bytes_too), [dict(anchor) for anchor in anchors], receipts)
    entry = select(Event.seq).where(Event.chain_id == EventDetail.chain_id, Event.seq == EventDetail.seq)
    for lost in db.session.scalars(select(EventDetail).where(~sa.exists(entry))):
        yield Trouble(CHANGED, f"chain {lost.chain_id}, entry {lost.seq}: there are names and sentences without an entry.")


def count() -> tuple[int, int]:
    """How many chains and how many entries there are."""
    entries = [head.seq for head in db.session.scalars(select(ChainHead)) if head.seq]
    return len(entries), sum(entries)
