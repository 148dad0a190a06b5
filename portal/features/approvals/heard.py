"""Decided elsewhere: staff note what somebody said by phone or in a meeting, and it counts only once that person confirms it here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from portal.features.approvals import actions
from portal.features.approvals.actions import Came, Given
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Kind, record
from portal.kernel.refusal import N_, NotFound, Refused
from portal.kernel.viewer import Viewer
from portal.kinds import reading
from portal.kinds.approvals.kind import heard_about, heard_by_id, live_decisions, standing_version
from portal.kinds.approvals.seats import deciders_of
from portal.models import may
from portal.models.approvals import CHOICES, ApprovalVersion, Choice, Decision
from portal.models.clients import Client
from portal.models.heard import Heard, Outcome, Way
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.people import Person

NOT_YOURS = N_("Only the person who is said to have decided can answer this.")


@dataclass(frozen=True)
class Note:
    """What staff heard, from whom, how and on which day."""

    person_id: UUID | None
    choice: Choice
    way: Way
    said_on: date
    words: str = ""


@action
def note(item: Item, told: Note, *, by: Viewer) -> Heard:
    """Write down what somebody is said to have decided on the version that stands, and ask them whether it is so."""
    require(may.run_clients(by))
    reading.need_running(item)
    version = standing_version(item.id)
    if version is None or item.state is not ItemState.TO_DO:
        raise Refused(N_("No version waits for an answer, so there is nothing that could have been decided."))
    person = _decider(item, told, version)
    _check(item, told)
    heard = Heard(
        id=uuid4(),
        client_id=item.client_id,
        item_id=item.id,
        version_id=version.id,
        person_id=person.id,
        choice=told.choice,
        words=told.words,
        way=told.way,
        said_on=told.said_on,
        by_id=by.person_id,
        at=now(),
    )
    db.session.add(heard)
    db.session.flush()
    detail = {"name": person.name, "words": told.words}
    record(
        Kind.DECISION_HEARD,
        item,
        by=by,
        detail=detail,
        n=version.n,
        choice=told.choice,
        way=told.way,
        said_on=told.said_on,
        heard=heard.id,
        version=heard.version_id,
        person=heard.person_id,
    )
    return heard


@action
def confirm(item: Item, heard_id: UUID, *, by: Viewer, beyond: str = "", came: Came | None = None) -> Decision:
    """Decide just what was noted: from here on it is an answer like any other (`beyond` as in `Given`)."""
    heard = _mine(item, heard_id, by=by)
    if heard.outcome in (Outcome.DENIED, Outcome.WITHDRAWN):
        raise Refused(N_("This was taken back meanwhile. Please answer below."))
    given = Given(heard.choice, heard.words, heard.version_id, key=f"heard {heard.id}", seat=by.person_id, heard=heard.id, beyond=beyond)
    decision = actions.decide(item, given, by=by, came=came)
    if heard.is_open:
        heard.finish(Outcome.CONFIRMED, at=now(), decision_id=decision.id)
    return decision


@action
def deny(item: Item, heard_id: UUID, answer: str, *, by: Viewer) -> Heard:
    """Say that it was not so; nothing is decided by that."""
    heard = _mine(item, heard_id, by=by)
    heard.finish(Outcome.DENIED, at=now(), answer=answer)
    record(Kind.DECISION_DENIED, item, by=by, detail={"words": answer}, heard=heard.id, version=heard.version_id, person=heard.person_id)
    return heard


@action
def withdraw(item: Item, heard_id: UUID, *, by: Viewer) -> Heard:
    """Take back what was noted by mistake."""
    require(may.run_clients(by))
    heard = _find(item, heard_id)
    heard.finish(Outcome.WITHDRAWN, at=now())
    record(Kind.DECISION_UNHEARD, item, by=by, heard=heard.id, version=heard.version_id, person=heard.person_id)
    return heard


def _decider(item: Item, note: Note, version: ApprovalVersion) -> Person:
    person = next((one for one in deciders_of(item) if one.id == note.person_id), None)
    if person is None:
        raise Refused(N_("Choose who decided."), field="person", status=422)
    if any(decision.person_id == person.id for decision in live_decisions(version.id)):
        raise Refused(N_("%(name)s has answered here already."), field="person", name=person.name)
    if any(told.heard.person_id == person.id for told in heard_about(item)):
        raise Refused(N_("This is noted for %(name)s already, and waits for their yes."), field="person", name=person.name)
    return person


def _check(item: Item, told: Note) -> None:
    if told.choice not in CHOICES[item.kind]:
        raise Refused(N_("Choose one of the answers first."), field="choice", status=422)
    if told.choice.needs_words and not told.words:
        raise Refused(N_("Write down what should be different."), field="words", status=422)
    if told.choice.is_yes and not told.choice.needs_words and told.words:
        raise Refused(N_("A plain yes has no words. Choose the answer they belong to, or empty the field."), field="words", status=422)
    if told.said_on > db.session.get_one(Client, item.client_id).calendar.today():
        raise Refused(N_("This day has not come yet."), field="said_on", status=422)


def _mine(item: Item, heard_id: UUID, *, by: Viewer) -> Heard:
    require(reading.can_decide(by, item), NOT_YOURS)
    heard = _find(item, heard_id)
    require(heard.person_id == by.person_id, NOT_YOURS)
    return heard


def _find(item: Item, heard_id: UUID) -> Heard:
    heard = heard_by_id(item.id, heard_id)
    if heard is None:
        raise NotFound
    return heard
