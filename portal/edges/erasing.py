"""Erasing somebody's names and sentences from the record. They lie beside the chain, so the chain stays whole without them.

What stays: that something happened, when, of which kind, and the id of whoever did it. What was taken away in a download is out of reach.
"""

from __future__ import annotations

from typing import cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import select

from portal.kernel.action import action
from portal.kernel.db import db, rows_changed
from portal.kernel.evidence import canonical
from portal.kernel.record import Audience, Event, EventDetail, Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import SYSTEM
from portal.models.approvals import Choice, Decision
from portal.models.clients import Membership
from portal.models.ground.assumptions import Assumption
from portal.models.ground.goals import GoalReview
from portal.models.ground.trail import GroundStep
from portal.models.heard import Heard
from portal.models.news import UpdateReply
from portal.models.people import Person
from portal.models.talk import Message

OF_ANOTHER = frozenset({"for", "for_email"})


@action
def erase(person: Person) -> tuple[int, int]:
    """Erase what was said by somebody and of them; of how many entries and of how many decisions."""
    here = select(Membership.person_id).where(Membership.person_id == person.id, Membership.ended_at.is_(None))
    if person.disabled_at is None and (person.staff_role or db.session.scalar(here.limit(1))):
        raise Refused(N_("%(name)s still has access here. End that first, for they would go on leaving their name."), name=person.name)
    decisions = _decisions(person.id) + _told(person.name) + _commented(person.name)
    db.session.execute(sa.update(Heard).where(Heard.person_id == person.id).values(words="", answer=""))
    db.session.execute(sa.update(Message).where(Message.by_id == person.id).values(words=""))
    db.session.execute(sa.update(UpdateReply).where(UpdateReply.person_id == person.id).values(words=""))
    db.session.execute(sa.update(GoalReview).where(GoalReview.by_id == person.id).values(words=""))
    db.session.execute(sa.update(Assumption).where(Assumption.answered_by == person.id).values(words=""))
    for step in db.session.scalars(select(GroundStep).where(GroundStep.by_id == person.id)):
        step.said = {name: said for name, said in step.said.items() if name != "why"}
    entries = rows_changed(sa.delete(EventDetail).where(_speaks_of(person)))
    record(Kind.DETAILS_ERASED, person, by=SYSTEM, audience=Audience.INTERNAL, entries=entries, decisions=decisions)
    return entries, decisions


def _speaks_of(person: Person) -> sa.ColumnElement[bool]:
    """Whether somebody did it, whether it was done to them, or whether their name or address stands beside it."""
    whom = str(person.id)
    beside = (Event.chain_id == EventDetail.chain_id) & (Event.seq == EventDetail.seq)
    about = (Event.actor_id == person.id) | (Event.object_id == person.id) | Event.facts.contains(whom)
    named = EventDetail.data.contains(canonical(person.name), autoescape=True)
    return sa.exists().where(beside, about) | named | EventDetail.data.contains(person.email_typed, autoescape=True)


def _told(name: str) -> int:
    """Empty the names of those who were told before silence counted, where theirs is among them."""
    deemed = db.session.scalars(select(Decision).where(Decision.choice == Choice.DEEMED)).all()
    theirs = [one for one in deemed if name in cast("list[str]", one.evidence.get("told") or [])]
    for one in theirs:
        one.evidence = {key: value for key, value in one.evidence.items() if key != "told"}
    return len(theirs)


def _commented(name: str) -> int:
    """Take out their comments that went with an answer of somebody else."""
    asked = db.session.scalars(select(Decision).where(Decision.choice == Choice.CHANGES)).all()
    theirs = [one for one in asked if any(pin.get("who") == name for pin in one.pins)]
    for one in theirs:
        one.evidence = one.evidence | {"pins": [pin for pin in one.pins if pin.get("who") != name]}
    return len(theirs)


def _decisions(person_id: UUID) -> int:
    """Empty the names and words of their decisions; of those in their place only who they were."""
    theirs = db.session.scalars(select(Decision).where((Decision.by_id == person_id) | (Decision.person_id == person_id))).all()
    for one in theirs:
        mine = one.by_id == person_id
        one.evidence = {} if mine else {name: value for name, value in one.evidence.items() if name not in OF_ANOTHER}
        one.words = "" if mine else one.words
    return len(theirs)
