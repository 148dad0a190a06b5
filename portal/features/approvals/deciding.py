"""How a version stands for whoever reads its page: what they may do, what was commented, whether silence runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from portal.features.approvals import deputies, queries
from portal.kernel.clock import now
from portal.kinds import reading
from portal.kinds.approvals import kind as approvals
from portal.kinds.approvals import pinning, pins, seats
from portal.kinds.silence import running
from portal.kinds.silence.standing import running_on
from portal.models import may
from portal.models.approvals import Decision
from portal.models.item_states import ItemState, Subject
from portal.models.items import Item
from portal.web.doors import viewer


def comments(item: Item, versions: list[approvals.Presented]) -> dict[str, Any]:
    """What was commented on the version that stands, and what became of the comments on those before."""
    told, version = pins.pins_of(item.id), versions[0].version
    return {
        "pinned": pins.by_file(told, version),
        "came": pins.came_of(told, versions),
        "wishes": pins.wishes_among(told, version),
        "can_pin": version.stands and item.state in pinning.OPEN and pinning.may_comment(viewer(), item),
    }


def stands(item: Item, current: approvals.Presented) -> dict[str, Any]:
    """Where the version stands for whoever reads the page: what they may do, and whose answer is missing."""
    me, resting = viewer().person_id, reading.resting(item)
    looking = viewer().seen_as is not None
    may_answer = resting is None and reading.can_decide(replace(viewer(), seen_as=None), item)
    mine = next((decision for decision in current.live if decision.is_of(me)), None)
    theirs = [seat for seat in seats.seats_of(item, current.version, current.live) if seat.is_for(me) and seat.answer is None]
    waits, expired = item.state is ItemState.TO_DO, current.version.has_expired(at=now())
    turns = [seat for seat in theirs if seat.is_turn]
    return {
        "me": me,
        "mine": mine,
        "resting": resting,
        "expired": expired,
        "wrote": next((one.words for one in reversed(current.decisions) if one.by_id == me and not one.is_live and one.words), ""),
        "last_on": queries.client_of(item).calendar.day_of(current.version.expires_at) if current.version.expires_at else None,
        "turns": turns,
        "can_decide": waits and bool(turns) and may_answer and not expired,
        "must_wait": waits and bool(theirs) and not turns,
        "may_name": deputies.may_name(replace(viewer(), seen_as=None), item),
        "looking": looking,
        "can_take_back": mine is not None
        and not looking
        and may_answer
        and seats.is_answer_of(mine, me)
        and mine.can_be_taken_back(current.version, at=now()),
        "awaited": approvals.awaited(item, current),
        **_quiet(item, current),
        "hearsay": approvals.heard_about(item),
        "rounds": approvals.rounds_on(item, current.version),
        "may_ask": resting is None and item.subject is Subject.THING and may.ask_change(viewer(), item.client_id),
    }


def _quiet(item: Item, current: approvals.Presented) -> dict[str, Any]:
    """Whether silence runs on a version, until when; and until when what it decided can be objected to."""
    runs, deemed = running_on(current.version.id), next((one for one in current.live if one.is_deemed), None)
    return {"quiet_runs": runs, "quiet_on": runs.effect_on if runs else None, "objects_until": deemed and objects_until(item, deemed)}


def objects_until(item: Item, decision: Decision) -> date | None:
    """The last day for objecting, for whoever may still do so."""
    until = running.objects_until(item, decision)
    mine = reading.resting(item) is None and reading.can_decide(viewer(), item)
    return until if mine and until >= seats.today_of(item.client_id) else None
