"""What opens when: closed items follow from what others have come to, in the very commit in which that happens, and so do days counted
from it. Opening is one way: what a client may have begun is never closed again.

What an item waits for counts as there when staff go on without it. An item that waits for an answer which was sent otherwise is set
aside in that very commit, and waits again as soon as that answer is open again: docs/decisions/not-needed.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

from sqlalchemy import and_, delete, or_, select

from portal.kernel.action import before_commit
from portal.kernel.clock import now
from portal.kernel.db import acting_as, db
from portal.kernel.record import Kind, latest_of, record
from portal.kernel.viewer import SYSTEM
from portal.kinds.plans import later_days
from portal.kinds.questionnaires.verdicts import Frozen, frozen_answers
from portal.models.deliveries import HandOver
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.projects import Project
from portal.models.template.shape import Is
from portal.models.templates import ItemNeed, LaterDay

HERE = frozenset({ItemState.ACCEPTED, ItemState.WAIVED})
SENT = HERE | {ItemState.SENT, ItemState.RETURNED}
ANSWERED = frozenset({ItemState.SENT, ItemState.ACCEPTED})
CLOSED = frozenset({ItemState.LOCKED, ItemState.WAIVED})


@dataclass(frozen=True)
class Wait:
    """Something a closed item waits for; `hopeless` when what was sent says otherwise, and `given` is the answer as it was sent."""

    need: ItemNeed
    hopeless: bool = False
    given: Frozen = field(default_factory=dict)


def unmet(items: Collection[Item]) -> dict[UUID, list[Wait]]:
    """What each of these items still waits for; those that wait for nothing are left out. In a fixed number of queries."""
    needs = needs_of([item.id for item in items])
    if not needs:
        return {}
    wanted = sorted({need.needs_item_id for of in needs.values() for need in of})
    fresh = select(Item).where(Item.id.in_(wanted)).execution_options(populate_existing=True)
    there = {item.id: item for item in db.session.scalars(fresh)}
    by_answer = {need.needs_item_id for of in needs.values() for need in of if need.is_ is Is.ANSWER}
    asked = [item for item in there.values() if item.id in by_answer]
    sent, aside = _sent(asked), set_aside(asked)
    found: dict[UUID, list[Wait]] = {}
    for item_id, of in needs.items():
        waits = [_wait(need, there.get(need.needs_item_id), sent, aside) for need in of]
        if any(waits):
            found[item_id] = [wait for wait in waits if wait]
    return found


def needs_of(item_ids: Collection[UUID]) -> Mapping[UUID, list[ItemNeed]]:
    """What these items were made to wait for, by item, in order."""
    found: dict[UUID, list[ItemNeed]] = defaultdict(list)
    query = select(ItemNeed).where(ItemNeed.item_id.in_(item_ids)).order_by(ItemNeed.item_id, ItemNeed.position)
    for need in db.session.scalars(query) if item_ids else ():
        found[need.item_id].append(need)
    return found


def _wait(need: ItemNeed, other: Item | None, sent: Mapping[UUID, Mapping[str, Frozen]], aside: Collection[UUID]) -> Wait | None:
    if other is None:
        return None
    if need.is_ is Is.ANSWER and other.id in aside:
        return Wait(need, hopeless=True)
    if other.state is ItemState.WAIVED:
        return None
    if need.is_ is Is.ANSWER:
        given = sent.get(other.id, {}).get(need.question_key, {})
        return None if _matches(given.get("value"), need.value) else Wait(need, hopeless=other.state in ANSWERED, given=given)
    enough = SENT if need.is_ is Is.SENT and not other.kind.is_decision else HERE
    return None if other.state in enough else Wait(need)


def _matches(given: object, value: str) -> bool:
    if given in (None, "", []):
        return False
    if not value:
        return True
    return value in cast("list[str]", given) if isinstance(given, list) else str(given) == value


def _sent(asked: Collection[Item]) -> Mapping[UUID, Mapping[str, Frozen]]:
    """The answers that stand as sent, by questionnaire and question; nothing of those that are with the client."""
    rounds = {item.id: item.round for item in asked if item.state in ANSWERED}
    query = select(HandOver).where(HandOver.item_id.in_(sorted(rounds)), HandOver.taken_back_at.is_(None))
    rows = db.session.scalars(query) if rounds else ()
    return {row.item_id: frozen_answers(row) for row in rows if row.round == rounds[row.item_id]}


def set_aside(items: Collection[Item]) -> set[UUID]:
    """Those of these items that nobody waived: the answers did."""
    waived = {item.id for item in items if item.state is ItemState.WAIVED}
    last = latest_of((Kind.ITEM_SET_ASIDE, Kind.ITEM_WAIVED), waived)
    return {item_id for item_id, kind in last.items() if kind is Kind.ITEM_SET_ASIDE}


def let_go(item_id: UUID) -> None:
    """Forget what an item waits for and what waits for it, because it goes for good."""
    db.session.execute(delete(ItemNeed).where(or_(ItemNeed.item_id == item_id, ItemNeed.needs_item_id == item_id)))
    db.session.execute(delete(LaterDay).where(or_(LaterDay.item_id == item_id, LaterDay.after_item_id == item_id)))


def follow() -> None:
    """Open, set aside or bring back what follows from this action, and set the days that are counted from it."""
    touched: Collection[UUID] = db.session().info.get("stale_projects", ())
    with acting_as(SYSTEM):
        projects = [db.session.get_one(Project, project_id) for project_id in sorted(touched)]
        for project in projects:
            if project.template_version_id:
                _follow(project)


def _follow(project: Project) -> None:
    closed = _closed(project.id)
    for _round in closed:  # each round moves at least one, or is the last
        waits, aside = unmet([item for item in closed if item.state in CLOSED]), set_aside(closed)
        if not [item for item in closed if _moved(item, waits.get(item.id, []), project, was_aside=item.id in aside)]:
            break
        db.session.flush()
    later_days.settle(project)


def _closed(project_id: UUID) -> list[Item]:
    """The items of a project that are closed, and those set aside that may come back; locked, in the order all lock them."""
    needing = select(ItemNeed.item_id).where(ItemNeed.item_id == Item.id).exists()
    closed = or_(Item.state == ItemState.LOCKED, and_(Item.state == ItemState.WAIVED, needing))
    query = select(Item).where(Item.project_id == project_id, closed).order_by(Item.id)
    return list(db.session.scalars(query.with_for_update(of=Item).execution_options(populate_existing=True)))


def _moved(item: Item, waits: Iterable[Wait], project: Project, *, was_aside: bool) -> bool:
    waits, before = list(waits), item.state
    hopeless = any(wait.hopeless for wait in waits)
    if item.state is ItemState.WAIVED and not hopeless and was_aside:
        item.close_again(at=now())
        record(Kind.ITEM_NEEDED_AGAIN, item, by=SYSTEM)
    if item.state is ItemState.LOCKED and not waits:
        item.open(at=now())
        record(Kind.ITEM_OPENED, item, by=SYSTEM)
    elif item.state is ItemState.LOCKED and hopeless:
        item.waive(at=now())
        record(Kind.ITEM_SET_ASIDE, item, by=SYSTEM)
    if item.state is before:
        return False
    if not project.is_running:
        item.rest(False, at=now())
    return True


before_commit(follow, early=True)
