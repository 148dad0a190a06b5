"""Reads for the mails about items: who should hear of one, and what a letter says of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from portal.kernel.db import db
from portal.kernel.record import Event, Kind
from portal.kernel.viewer import Role
from portal.kinds import reading
from portal.models.clients import Client, Membership, StaffClient
from portal.models.deliveries import Delivery, HandOver, Verdict, reference
from portal.models.item_states import ItemKind, ItemState, WaitingOn
from portal.models.items import Item, Part
from portal.models.marks import MailSent
from portal.models.people import Person, SignedIn, the_firm
from portal.models.projects import Project


@dataclass(frozen=True)
class Sent:
    """One hand-over as a letter tells of it."""

    handed: HandOver
    item: Item
    by: Person
    delivery: Delivery
    project: Project
    client: Client

    @property
    def reference(self) -> str:
        """What both sides call its delivery."""
        return reference(self.client.name, project=self.project.number, number=self.delivery.number)

    @property
    def content(self) -> dict[str, object]:
        """What was frozen."""
        return cast("dict[str, object]", json.loads(self.handed.content))


def hand_overs(ids: Iterable[object]) -> list[Sent]:
    """These hand-overs in the firm's order, without those that were taken back."""
    found = (
        select(HandOver, Item, Person, Delivery, Project, Client)
        .join(Item, Item.id == HandOver.item_id)
        .join(Person, Person.id == HandOver.by_id)
        .join(Delivery, Delivery.id == HandOver.delivery_id)
        .join(Project, Project.id == Item.project_id)
        .join(Client, Client.id == Item.client_id)
        .where(HandOver.id.in_([UUID(str(each)) for each in ids]), HandOver.taken_back_at.is_(None))
        .order_by(Item.position, HandOver.at)
    )
    return [Sent(*row) for row in db.session.execute(found)]


def items_in(ids: Iterable[object], state: ItemState) -> list[Item]:
    """Those of these items that are in a state now, in the firm's order."""
    wanted = select(Item).where(Item.id.in_([UUID(str(each)) for each in ids]), Item.state == state)
    return list(db.session.scalars(wanted.order_by(Item.position, Item.id)))


def promised_by(sent: Sequence[Sent]) -> date | None:
    """The first working day by which we said to look at one of these."""
    calendar = the_firm().calendar
    return min((reading.look_by(each.item, each.handed.at, calendar) for each in sent), default=None)


def staff_for(item: Item) -> list[Person]:
    """The lead of the item's project, and everybody of the firm who counts its client as theirs."""
    lead = select(Project.lead_id).where(Project.id == item.project_id)
    theirs = select(StaffClient.person_id).where(StaffClient.client_id == item.client_id)
    here = (Person.staff_role.is_not(None), Person.disabled_at.is_(None))
    return list(db.session.scalars(select(Person).where(or_(Person.id.in_(lead), Person.id.in_(theirs)), *here)))


def who_answers(item: Item) -> list[Person]:
    """Who should read that an item came back: whoever sent or answered it last, else those who do it, else all who may."""
    kinds = (Kind.ITEM_HANDED_OVER.value, Kind.ITEM_NOT_AVAILABLE.value)
    last = select(Event.actor_id).where(Event.item_id == item.id, Event.kind.in_(kinds)).order_by(Event.seq.desc()).limit(1)
    actor = db.session.scalar(last)
    named = reading.people_of(item.id, Part.DO)
    return _speakers(item, [actor] if actor else []) or _speakers(item, named) or _speakers(item, None)


def has_open_hand_overs(project_id: UUID) -> bool:
    """Whether something of a project still waits for a verdict."""
    open_ones = select(HandOver.id).join(Item, reading.unjudged()).where(Item.project_id == project_id)
    return db.session.execute(open_ones.limit(1)).first() is not None


def waits_for_client(project_id: UUID) -> int:
    """How many things of a project still wait for the client."""
    waiting = (Item.project_id == project_id, Item.waiting_on == WaitingOn.CLIENT)
    return db.session.scalar(select(func.count()).select_from(Item).where(*waiting)) or 0


def can_be_lacking(items: Sequence[Item]) -> bool:
    """Whether one of these sent back items could be "not there": it asks for files, and nobody has said so and been asked all the same."""
    kinds = (Kind.ITEM_SENT_BACK.value, Kind.ITEM_INSISTED.value)
    asked = select(Event.item_id, Event.kind).where(Event.item_id.in_([item.id for item in items]), Event.kind.in_(kinds))
    last = {row.item_id: row.kind for row in db.session.execute(asked.order_by(Event.seq))}
    return any(item.kind is ItemKind.FILES and last.get(item.id) != Kind.ITEM_INSISTED.value for item in items)


def judged_with(items: Sequence[Item]) -> tuple[int, int]:
    """Of the deliveries these items came in: how many things are accepted, of how many."""
    own = select(HandOver.delivery_id).where(HandOver.item_id.in_([item.id for item in items]), HandOver.verdict == Verdict.RETURNED)
    rows = select(HandOver.item_id, HandOver.verdict).where(HandOver.delivery_id.in_(own), HandOver.taken_back_at.is_(None))
    latest = {row.item_id: row.verdict for row in db.session.execute(rows.order_by(HandOver.round))}
    return sum(verdict is Verdict.ACCEPTED for verdict in latest.values()), len(latest)


def project_and_lead(project_id: UUID) -> tuple[Project, Client, Person]:
    """A project with its client and who leads it."""
    found = select(Project, Client, Person).join(Client, Client.id == Project.client_id).join(Person, Person.id == Project.lead_id)
    project, client, lead = db.session.execute(found.where(Project.id == project_id)).one()
    return project, client, lead


def last_mail(person_id: UUID, project_id: UUID, *kinds: str) -> datetime | None:
    """When a mail of these kinds last left for a person about a project."""
    mine = (MailSent.person_id == person_id, MailSent.project_id == project_id, MailSent.kind.in_(kinds))
    return db.session.scalar(select(func.max(MailSent.at)).where(*mine))


def was_here_since(person: Person, moment: datetime) -> bool:
    """Whether the person has looked into the portal since."""
    return (
        db.session.execute(select(SignedIn.id).where(SignedIn.person_id == person.id, SignedIn.last_seen_at > moment).limit(1)).first()
        is not None
    )


def _speakers(item: Item, people: Sequence[UUID] | None) -> list[Person]:
    living = and_(Membership.person_id == Person.id, Membership.client_id == item.client_id, Membership.ended_at.is_(None))
    found = select(Person).join(Membership, living).where(Person.disabled_at.is_(None))
    who = Membership.role.in_((Role.DECIDE, Role.CONTRIBUTE)) if people is None else Person.id.in_(people)
    return list(db.session.scalars(found.where(who).order_by(Person.name, Person.id)))
