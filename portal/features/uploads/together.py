"""Small files finished together: each waits, complete and on the disk for good, until the page asks for the rows of all that have come.

A hundred photos are then a few transactions and not a hundred. Nothing is promised before: a file that waits is not ours yet, and the
page does not say so. Whatever stands in the way of all leaves them waiting; the page then finishes each alone, and reads why not.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from uuid import UUID

from portal.features.uploads import actions, queries
from portal.features.uploads.arriving import waits_at
from portal.kernel.db import db
from portal.kernel.refusal import NotFound, Refused
from portal.kernel.scope import find
from portal.kinds.files import landing
from portal.kinds.files.incoming import Arrived
from portal.kinds.files.landing import Landing
from portal.models.files import Incoming, IncomingState
from portal.storage import Antechamber, StorageError
from portal.storage.arrival import Rules
from portal.storage.current import store
from portal.web.doors import begin_writing, rest, viewer
from portal.web.receiving import Turned, examine

_lookers = ThreadPoolExecutor(os.cpu_count() or 1, "looking")
MOST = 100  # files finished with one call; the page asks again for the others


def finish_all(to: Landing, ids: Sequence[str]) -> None:
    """Finish those of these files that wait; nothing is locked while they are looked into."""
    antechamber = store().antechamber
    rows = [row for row, _ in queries.arrivals(to, ids[:MOST], by=viewer()) if row.state is IncomingState.OPEN and not row.part_bytes]
    if antechamber is None or not rows:
        return
    rules = to.spec.rules
    db.session.expunge_all()
    rest()
    looked = _lookers.map(lambda row: _found(antechamber, row, rules), rows)  # photos are opened by a child each, so several at once
    found = {row.id: done for row, done in zip(rows, looked, strict=True) if done}
    if not found:
        return
    keys = {row.id: row.key for row in rows}
    with suppress(StorageError, Refused, NotFound):
        antechamber.promote_all([(done.received, keys[one]) for one, done in found.items() if isinstance(done, Arrived)])
        begin_writing()
        _write(found)


def _found(antechamber: Antechamber, row: Incoming, rules: Rules) -> Arrived | Turned | None:
    """What waits of a file, looked into; nothing when it has not come, or only its row is missing, which finishing it alone finds out."""
    with suppress(StorageError):
        return examine(row, antechamber.laid(waits_at(row.id), expected=row.bytes), rules=rules)
    return None


def _write(found: dict[UUID, Arrived | Turned]) -> None:
    """Write the rows of all in one transaction."""
    to = landing.of(find(Incoming, next(iter(found))))
    turned = {one: done.finding for one, done in found.items() if isinstance(done, Turned)}
    actions.settle_all(to, [done for done in found.values() if isinstance(done, Arrived)], turned, by=viewer())
