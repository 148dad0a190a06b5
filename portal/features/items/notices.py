"""Who hears when things come in, are sent back or are fine. Mails that sum up wait for each other: one per delivery, never one per item."""

from __future__ import annotations

from datetime import timedelta
from typing import cast
from uuid import UUID

from portal.features.items import queries
from portal.kernel import outbox
from portal.kernel.clock import now
from portal.kernel.notices import notice
from portal.kernel.outbox import Lane
from portal.kernel.record import Fact, Kind
from portal.kinds import reading
from portal.kinds.about import item_of
from portal.models.items import UNDO_FOR, Item

IDLE = timedelta(minutes=30)
RECEIPT_AFTER = timedelta(minutes=2)
QUIET = timedelta(hours=4)
A_DAY = timedelta(days=1)


@notice(Kind.ITEM_HANDED_OVER)
def handed_over(fact: Fact) -> None:
    """A receipt for whoever sent it, and word to the firm when the client has paused or has nothing more to send."""
    item = item_of(fact)
    handed = reading.hand_over(item.id, item.round)
    if handed is None:
        return
    _add("receipt", handed.by_id, item, handed.id, lane=Lane.RECEIPT, wait=RECEIPT_AFTER)
    wait = IDLE if queries.waits_for_client(item.project_id) else timedelta(0)
    for person in queries.staff_for(item):
        _add("delivery_received", person.id, item, handed.id, lane=Lane.MESSAGE, wait=wait, per=str(handed.delivery_id))


@notice(Kind.ITEM_SENT_BACK, Kind.ITEM_INSISTED)
def sent_back(fact: Fact) -> None:
    """Ask again: when the delivery is finished, or half an hour after the last verdict."""
    item = item_of(fact)
    wait = IDLE if queries.has_open_hand_overs(item.project_id) else UNDO_FOR
    for person in queries.who_answers(item):
        _add("sent_back", person.id, item, item.id, lane=Lane.ASK, wait=wait)


@notice(Kind.DELIVERY_FINISHED)
def delivery_finished(fact: Fact) -> None:
    """What waited for the end of the delivery goes out once nothing can be undone any more."""
    outbox.reschedule("sent_back", project_id=cast("UUID", fact.project_id), wait=UNDO_FOR)


@notice(Kind.ITEM_ACCEPT_UNDONE, Kind.ITEM_SEND_BACK_UNDONE)
def verdict_undone(fact: Fact) -> None:
    """The delivery goes on, and so does the waiting."""
    outbox.reschedule("sent_back", project_id=cast("UUID", fact.project_id), wait=IDLE)


@notice(Kind.ITEM_ACCEPTED)
def accepted(fact: Fact) -> None:
    """Say that things are fine, bundled and at most once a day."""
    item = item_of(fact)
    if item.kind.is_decision:
        return
    for person in queries.who_answers(item):
        last = queries.last_mail(person.id, item.project_id, "accepted")
        wait = max(QUIET, last + A_DAY - now()) if last else QUIET
        _add("accepted", person.id, item, item.id, lane=Lane.MESSAGE, wait=wait)


def _add(kind: str, person_id: UUID, item: Item, thing: UUID, *, lane: Lane, wait: timedelta, per: str = "") -> None:
    """Add one thing to the mail of this kind that waits for the person, or begin one."""
    key = f"{kind}:{person_id}:{per or item.project_id}"
    things = cast("list[str]", outbox.waiting_facts(key).get("things") or [])
    facts: dict[str, object] = {"project": str(item.project_id), "things": [*(one for one in things if one != str(thing)), str(thing)]}
    outbox.post(
        kind, lane=lane, person_id=person_id, facts=facts, client_id=item.client_id, project_id=item.project_id, dedupe=key, wait=wait
    )
