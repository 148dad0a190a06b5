"""Who decides on an item. Every decider has a seat; a deputy may answer in it for a time, and in an order each has a turn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import aliased

from portal.kernel.db import db
from portal.kernel.viewer import Role
from portal.models.approvals import ApprovalVersion, Decision, Rule
from portal.models.clients import Client, Membership
from portal.models.deputies import Deputy
from portal.models.items import Item, ItemPerson, Part
from portal.models.people import Person

SPEAKS = (Role.DECIDE, Role.CONTRIBUTE)  # a guest sees only what names them, and can stand in for nobody


@dataclass(frozen=True)
class Seat:
    """A decider, who may answer in their place today, their answer, and whether it is their turn."""

    person: Person
    deputies: tuple[Person, ...]
    answer: Decision | None
    is_turn: bool

    def is_for(self, person_id: UUID | None) -> bool:
        """Whether somebody may answer here: the decider, or who stands in for them."""
        return person_id in (self.person.id, *(one.id for one in self.deputies))


@dataclass(frozen=True)
class Awaited:
    """Whose answer is still missing on the version that lies before the client, by which rule, and how many are enough."""

    rule: Rule
    needed: int
    seats: tuple[Seat, ...]

    @property
    def people(self) -> tuple[Person, ...]:
        """The people whose answers are missing."""
        return tuple(seat.person for seat in self.seats)

    @property
    def all_of_them(self) -> bool:
        """Whether none of the missing answers can be done without."""
        return self.needed >= len(self.seats)


def deciders_of(item: Item) -> list[Person]:
    """Who decides: the named people in their order, else all contacts of the client whose role is to decide; nobody who has left."""
    here = (Membership.person_id == Person.id, Membership.client_id == item.client_id, Membership.ended_at.is_(None))
    people = select(Person).join(Membership, here[0]).where(*here[1:], Person.disabled_at.is_(None), Person.erased_at.is_(None))
    mine = (ItemPerson.item_id == item.id, ItemPerson.part == Part.DECIDE, ItemPerson.ended_at.is_(None))
    if db.session.scalar(select(ItemPerson.id).where(*mine).limit(1)):
        named = people.join(ItemPerson, ItemPerson.person_id == Person.id).where(*mine)
        return list(db.session.scalars(named.order_by(ItemPerson.position, Person.name, Person.id)))
    return list(db.session.scalars(people.where(Membership.role == Role.DECIDE).order_by(Person.name, Person.id)))


def seats_of(item: Item, version: ApprovalVersion, live: Iterable[Decision]) -> list[Seat]:
    """The seats of a version with what was answered in them."""
    return list(_seated(item, deciders_of(item), Rule(version.shown.deciding.rule), live))


def awaited(item: Item, version: ApprovalVersion, live: Collection[Decision]) -> Awaited:
    """Who still has to answer on a version, by the rule it was presented with."""
    seats = seats_of(item, version, live)
    asked = version.shown.deciding
    rule = Rule(asked.rule)
    enough = rule.enough(of=len(seats), need=asked.need)
    return Awaited(rule, max(enough - len(live), 0), tuple(seat for seat in seats if seat.answer is None))


def closed_seats(items: Collection[Item]) -> Mapping[UUID, Collection[UUID | None]]:
    """By item, whose seats ask for nothing now where several have to say yes: who has answered, and who comes later in an order."""
    several = {item.id: item.spec["rule"] for item in items if item.kind.is_decision and item.spec.get("rule", Rule.ANY) != Rule.ANY}
    closed: dict[UUID, set[UUID | None]] = defaultdict(set)
    if not several:
        return closed
    standing = (ApprovalVersion.item_id.in_(several), ApprovalVersion.superseded_at.is_(None), Decision.taken_back_at.is_(None))
    answers = select(Decision.item_id, Decision.person_id).join(ApprovalVersion, ApprovalVersion.id == Decision.version_id)
    for item_id, person_id in db.session.execute(answers.where(*standing)):
        closed[item_id].add(person_id)
    for item_id, people in _in_order([item_id for item_id, rule in several.items() if rule == Rule.ORDER]).items():
        closed[item_id].update([one for one in people if one not in closed[item_id]][1:])
    return closed


def _in_order(item_ids: Collection[UUID]) -> Mapping[UUID, list[UUID]]:
    """Who is named to decide these items and still there, in their order."""
    people: dict[UUID, list[UUID]] = defaultdict(list)
    if item_ids:
        mine = (ItemPerson.item_id.in_(item_ids), ItemPerson.part == Part.DECIDE, ItemPerson.ended_at.is_(None))
        there = (Membership.client_id == ItemPerson.client_id, Membership.person_id == ItemPerson.person_id, Membership.ended_at.is_(None))
        named = (
            select(ItemPerson.item_id, ItemPerson.person_id)
            .join(Membership, sa.and_(*there))
            .join(Person, Person.id == ItemPerson.person_id)
        )
        alive = (Person.disabled_at.is_(None), Person.erased_at.is_(None))
        for item_id, person_id in db.session.execute(named.where(*mine, *alive).order_by(ItemPerson.position, Person.name, Person.id)):
            people[item_id].append(person_id)
    return people


def today_of(client_id: UUID) -> date:
    """The day it is where the client sits."""
    return db.session.get_one(Client, client_id).calendar.today()


def deputy_of(client_id: UUID, person_id: UUID | None) -> tuple[Deputy, Person] | None:
    """Whom a contact has named to decide for them, now or from a later day on."""
    query = select(Deputy, Person).join(Person, Person.id == Deputy.deputy_id).where(*_open(client_id), Deputy.person_id == person_id)
    row = db.session.execute(query).first()
    return (row[0], row[1]) if row and row[0].ends_on >= today_of(client_id) else None


def stands_in(person_id: UUID | None, client_ids: Collection[UUID]) -> Mapping[UUID, list[tuple[UUID, Role]]]:
    """In whose seats somebody may answer today, by client: each with the role that person has."""
    owner, mine = aliased(Membership), aliased(Membership)
    query = select(Deputy, owner.role, Client).join(Client, Client.id == Deputy.client_id)
    query = query.join(owner, (owner.client_id == Deputy.client_id) & (owner.person_id == Deputy.person_id))
    query = query.join(mine, (mine.client_id == Deputy.client_id) & (mine.person_id == Deputy.deputy_id))
    alive = (owner.ended_at.is_(None), mine.ended_at.is_(None), mine.role.in_(SPEAKS))
    query = query.where(Deputy.deputy_id == person_id, Deputy.client_id.in_(client_ids), Deputy.ended_at.is_(None), *alive)
    found: dict[UUID, list[tuple[UUID, Role]]] = defaultdict(list)
    for deputy, role, client in db.session.execute(query) if client_ids else ():
        if deputy.counts_on(client.calendar.today()):
            found[client.id].append((deputy.person_id, role))
    return found


def is_answer_of(decision: Decision, person_id: UUID | None) -> bool:
    """Whether an answer is somebody's to take back: given in their seat, or by them in one in which they still stand in."""
    if not decision.is_of(person_id) or decision.person_id == person_id:
        return decision.is_of(person_id)
    places = stands_in(person_id, [decision.client_id]).get(decision.client_id, ())
    return any(owner == decision.person_id for owner, _ in places)


def _seated(item: Item, people: list[Person], rule: Rule, live: Iterable[Decision]) -> Iterator[Seat]:
    answers = {decision.person_id: decision for decision in live}
    deputies = _deputies(item.client_id, [person.id for person in people])
    turn = True
    for person in people:
        answer = answers.get(person.id)
        yield Seat(person, tuple(deputies.get(person.id, ())), answer, turn)
        turn = turn and (rule is not Rule.ORDER or (answer is not None and answer.choice.is_yes))


def _deputies(client_id: UUID, people: Collection[UUID]) -> Mapping[UUID, list[Person]]:
    query = select(Deputy, Person).join(Person, Person.id == Deputy.deputy_id)
    query = query.join(Membership, (Membership.client_id == Deputy.client_id) & (Membership.person_id == Deputy.deputy_id))
    alive = (Membership.ended_at.is_(None), Membership.role.in_(SPEAKS), Person.disabled_at.is_(None))
    query = query.where(*_open(client_id), Deputy.person_id.in_(people), *alive)
    found: dict[UUID, list[Person]] = defaultdict(list)
    rows = db.session.execute(query).all()
    today = today_of(client_id) if rows else None
    for deputy, person in rows:
        if today and deputy.counts_on(today):
            found[deputy.person_id].append(person)
    return found


def _open(client_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    return (Deputy.client_id == client_id, Deputy.ended_at.is_(None))
