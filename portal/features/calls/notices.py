"""Who hears of a call: who leads the project, whoever asked for it, and whoever was called."""

from __future__ import annotations

from portal.kernel import outbox
from portal.kernel.db import db
from portal.kernel.notices import notice
from portal.kernel.outbox import Lane
from portal.kernel.record import Fact, Kind
from portal.models.calls import Call, CallSummary, Outcome
from portal.models.projects import Project


@notice(Kind.CALL_ASKED)
def asked(fact: Fact) -> None:
    """Tell the lead when it would suit."""
    call = _call(fact)
    lead = db.session.get_one(Project, call.project_id).lead_id
    outbox.tell("call_asked", lead, "call", call.id, of=call, lane=Lane.MESSAGE)


@notice(Kind.CALL_FIXED)
def fixed(fact: Fact) -> None:
    """Tell whoever asked when we call."""
    call = _call(fact)
    outbox.tell("call_fixed", call.person_id, "call", call.id, of=call, lane=Lane.MESSAGE)


@notice(Kind.CALL_ENDED)
def ended(fact: Fact) -> None:
    """Tell whoever asked what we answer; of one that was taken back, whoever would have called."""
    call = _call(fact)
    if call.outcome is Outcome.DECLINED:
        outbox.tell("call_declined", call.person_id, "call", call.id, of=call, lane=Lane.MESSAGE)
    elif call.staff_id:
        outbox.tell("call_withdrawn", call.staff_id, "call", call.id, of=call, lane=Lane.MESSAGE)


@notice(Kind.CALL_SUMMED)
def summed(fact: Fact) -> None:
    """Ask whoever was called whether we understood it right."""
    summary = _summary(fact)
    outbox.tell("call_summed", summary.person_id, "summary", summary.id, of=summary, lane=Lane.MESSAGE)


@notice(Kind.CALL_CORRECTED)
def corrected(fact: Fact) -> None:
    """Tell whoever wrote it down what was different."""
    summary = _summary(fact)
    outbox.tell("call_corrected", summary.by_id, "summary", summary.id, of=summary, lane=Lane.MESSAGE)


def _call(fact: Fact) -> Call:
    if not isinstance(fact.thing, Call):
        raise TypeError(f"{fact.kind} is recorded on its call")
    return fact.thing


def _summary(fact: Fact) -> CallSummary:
    if not isinstance(fact.thing, CallSummary):
        raise TypeError(f"{fact.kind} is recorded on its summary")
    return fact.thing
