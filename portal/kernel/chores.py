"""Work of our own that need not be done while somebody waits: ordered in the transaction that caused it, done by the worker.

    @chore("scan")
    def scan(facts): …                 # in the worker, outside every transaction; opens its own sessions; must bear being run twice

    chores.order("scan", client_id=upload.client_id, facts={"upload": str(upload.id)}, dedupe=f"scan:{upload.id}")

A chore that ends has succeeded. `raise Later(why)` has it tried again with growing waits; any other exception counts as a bug and
parks it after some tries, where staff see it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

from portal.kernel import outbox
from portal.kernel.outbox import Lane

Facts = dict[str, object]
Chore = Callable[[Facts], None]
_chores: dict[str, Chore] = {}
_awaited: set[str] = set()


class Later(Exception):
    """Not now: try again in so many seconds (without a number: longer each time), for three days, or for ever when `blameless`."""

    def __init__(self, why: str, seconds: float | None = None, *, blameless: bool = False) -> None:
        super().__init__(why)
        self.seconds = seconds
        self.blameless = blameless


def chore(kind: str, *, awaited: bool = False) -> Callable[[Chore], Chore]:
    """Register how a kind of work is done; `awaited` work, for which somebody sits before a page, never stands behind other work."""

    def register(run: Chore) -> Chore:
        _chores[kind] = run
        if awaited:
            _awaited.add(kind)
        return run

    return register


def order(
    kind: str,
    *,
    facts: Facts,
    client_id: uuid.UUID | None = None,
    project_id: uuid.UUID | None = None,
    dedupe: str | None = None,
    wait: timedelta = timedelta(0),
) -> uuid.UUID:
    """Have something done after this action's commit; facts are ids and numbers only."""
    return outbox.post(
        kind, lane=Lane.WORK, person_id=None, facts=facts, client_id=client_id, project_id=project_id, dedupe=dedupe, wait=wait
    )


def awaited() -> frozenset[str]:
    """The kinds of work somebody waits for."""
    return frozenset(_awaited)


def carry_out(kind: str, facts: Facts) -> None:
    """Do a piece of work."""
    _chores[kind](facts)
