"""Silence as it runs: begun with a version, looked at each morning, stopped by anything said, and counted once at the end.

Callers hold the item's lock; `visit` is the worker's way in and may come twice, late or from two workers: it only goes by what is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import select

from portal.kernel import chores, outbox
from portal.kernel.action import action
from portal.kernel.clock import Calendar, now
from portal.kernel.db import db, open_session
from portal.kernel.evidence import fingerprint
from portal.kernel.outbox import Lane
from portal.kernel.record import Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.scope import find
from portal.kernel.viewer import SYSTEM, Viewer
from portal.kinds.approvals.kind import live_decisions, standing_version
from portal.kinds.approvals.seats import deciders_of, seats_of
from portal.kinds.silence import standing
from portal.models.approvals import ApprovalVersion, Choice, Decision
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.people import Person
from portal.models.silence import LEAST_DAYS, NOTICE_DAYS, Agreement, Ending, Silence

VISIT = "silence"
SOON, MORNING = timedelta(hours=1), time(9)


def begin(item: Item, version: ApprovalVersion, *, by: Viewer) -> None:
    """Let silence run on a version just presented, where it may: switched on, agreed, a plain approval with a day, and nothing to prove."""
    agreement = standing.agreement_of(item.project_id)
    if agreement is None or standing.why_not_on(item, version):
        return
    ids = {"client_id": item.client_id, "item_id": item.id, "version_id": version.id, "agreement_id": agreement.id}
    silence = Silence(id=uuid4(), began_at=now(), **ids)
    db.session.add(silence)
    db.session.flush()
    record(Kind.SILENCE_BEGAN, item, by=by, version=version.id, n=version.n, agreement=agreement.id)
    _visit_again(silence, SOON)


@chores.chore(VISIT)
def visit(facts: chores.Facts) -> None:
    """See how far it is."""
    open_session(SYSTEM, writes=True)
    found = db.session.scalar(select(Silence.item_id).where(Silence.id == UUID(str(facts["silence"]))))
    if found:
        look(find(Item, found))


@action
def look(item: Item) -> Decision | None:
    """Do what is due: stop it, announce it once more, let it count, or come again."""
    silence = _running(item)
    if silence is None:
        return None
    ending = standing.stopped_by(item, silence)
    if ending is None:
        ask_the_new(item)
    calendar, deciders = standing.calendar_of(item), deciders_of(item)
    told = standing.announced(item, silence, deciders, calendar)
    ending = ending or standing.unheard(told, calendar)
    if ending:
        stop(item, silence, ending, by=SYSTEM)
        return None
    return _go_on(item, silence, told, deciders, calendar)


def _go_on(item: Item, silence: Silence, told: standing.Announced, deciders: list[Person], calendar: Calendar) -> Decision | None:
    version = standing_version(item.id)
    if version is None or told.first is None:
        silence.effect_on = None  # somebody is new here, and their days have not begun
        _visit_again(silence, SOON)
        return None
    silence.first_on, silence.second_on = told.first, told.second
    silence.effect_on = standing.effect_day(standing.due_of(item, version), told.first, told.second, calendar)
    if told.second is None:
        is_time = calendar.today() >= calendar.shift(silence.effect_on, -NOTICE_DAYS)
        if is_time:
            _write(standing.SECOND, deciders, item, version, once=f"silence:{version.id}")
        _visit_again(silence, SOON if is_time else _till_morning(calendar))
        return None
    if calendar.today() <= silence.effect_on:
        _visit_again(silence, _till_morning(calendar))
        return None
    return _deem(item, version, silence, deciders, calendar)


def ask_the_new(item: Item) -> None:
    """Ask whoever decides since a version was presented and was not asked yet; where silence runs, their working days begin with that."""
    version = standing_version(item.id)
    if version is None or item.state is not ItemState.TO_DO:
        return
    open_seats = [seat for seat in seats_of(item, version, live_decisions(version.id)) if seat.is_turn and seat.answer is None]
    _write(standing.FIRST, [seat.person for seat in open_seats], item, version, once=f"{standing.FIRST}:{item.id}")


def _write(kind: str, people: Iterable[Person], item: Item, version: ApprovalVersion, *, once: str) -> None:
    """Write to those who were not written to yet, each once."""
    known = standing.written_to(item, version, kind)
    facts: dict[str, object] = {"item": str(item.id), "version": str(version.id)}
    for person in (one for one in people if one.id not in known):
        key = f"{once}:{person.id}"
        outbox.post(kind, lane=Lane.ASK, person_id=person.id, facts=facts, client_id=item.client_id, project_id=item.project_id, dedupe=key)


def _deem(item: Item, version: ApprovalVersion, silence: Silence, deciders: list[Person], calendar: Calendar) -> Decision:
    """Let it count: a decision of its own kind, by nobody."""
    moment = now()
    days = calendar.working_days_between(silence.first_on, silence.effect_on) if silence.first_on and silence.effect_on else LEAST_DAYS
    agreement = db.session.get_one(Agreement, silence.agreement_id)
    evidence: dict[str, object] = {"days": days, "told": [person.name for person in deciders]}
    evidence |= {"announced": [str(silence.first_on), str(silence.second_on)], "until": str(silence.effect_on)}
    ids = {"client_id": item.client_id, "item_id": item.id, "version_id": version.id}
    key = fingerprint("decision_key", f"deemed {version.id}")
    decision = Decision(
        id=uuid4(), choice=Choice.DEEMED, evidence=evidence, consent=agreement.consent, idempotency_key=key, at=moment, **ids
    )
    db.session.add(decision)
    db.session.flush()
    item.decided(ItemState.ACCEPTED, at=moment)
    silence.end(Ending.DEEMED, at=moment)
    record(
        Kind.DECISION_DEEMED,
        item,
        by=SYSTEM,
        detail=evidence | {"words": ""},
        decision=decision.id,
        version=version.id,
        n=version.n,
        choice=decision.choice,
        hash=version.sha256,
        at=moment,
        consent=agreement.consent,
        days=days,
    )
    return decision


def stop(item: Item, silence: Silence, ending: Ending, *, by: Viewer) -> None:
    """Let it run no longer on this version."""
    silence.end(ending, at=now())
    record(Kind.SILENCE_STOPPED, item, by=by, version=silence.version_id, why=ending)


def interrupt(item: Item, ending: Ending, *, by: Viewer) -> None:
    """Stop whatever silence runs on an item, because somebody said or did something. Called inside an action."""
    silence = _running(item)
    if silence:
        stop(item, silence, ending, by=by)


@action
def object_to(item: Item, decision_id: UUID, *, by: Viewer) -> Decision:
    """Open again what silence decided, within five working days: it was never anybody's word."""
    found = (Decision.id == decision_id, Decision.item_id == item.id, Decision.choice == Choice.DEEMED)
    decision = db.session.scalars(select(Decision).where(*found).execution_options(populate_existing=True)).one_or_none()
    version = standing_version(item.id)
    if decision is None or version is None or decision.version_id != version.id or not decision.is_live:
        raise Refused(N_("This is open again already, or a newer version stands. Please look again."))
    if standing.calendar_of(item).today() > objects_until(item, decision):
        raise Refused(N_("The five working days for this are over. Write to us if something is wrong."))
    decision.taken_back_at = now()
    item.take_back_decision(at=now())
    record(Kind.DECISION_TAKEN_BACK, item, by=by, decision=decision.id, version=version.id, n=version.n, choice=decision.choice)
    return decision


def objects_until(item: Item, decision: Decision) -> date:
    """The last day on which silence can be objected to."""
    calendar = standing.calendar_of(item)
    return calendar.shift(calendar.day_of(decision.at), LEAST_DAYS)


def _running(item: Item) -> Silence | None:
    query = select(Silence).where(Silence.item_id == item.id, Silence.ended_at.is_(None)).order_by(Silence.began_at.desc()).limit(1)
    return db.session.scalar(query.execution_options(populate_existing=True))


def _till_morning(calendar: Calendar) -> timedelta:
    """How long until the next morning where the client sits."""
    zone = ZoneInfo(calendar.zone)
    morning = datetime.combine(calendar.today() + timedelta(days=1), MORNING, zone)
    return morning - now()


def _visit_again(silence: Silence, wait: timedelta) -> None:
    chores.order(VISIT, facts={"silence": str(silence.id)}, client_id=silence.client_id, wait=wait, dedupe=f"{VISIT}:{silence.id}")
