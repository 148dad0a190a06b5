"""Which calls are asked for, and what was said in those that were held."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ScalarSelect, func, select

from portal.kernel.db import db
from portal.models.calls import Call, CallSummary
from portal.models.clients import Client
from portal.models.people import Person


@dataclass(frozen=True)
class Wanted:
    """A call that somebody waits for."""

    call: Call
    person: Person
    client: Client


def how_many() -> ScalarSelect[int]:
    """How many there are, as a part of another question."""
    return select(func.count()).select_from(Call).where(Call.ended_at.is_(None)).scalar_subquery()


def wanted() -> list[Wanted]:
    """Every call somebody waits for, those without a time first, then by their time, in one read."""
    query = select(Call, Person, Client).join(Person, Person.id == Call.person_id).join(Client, Client.id == Call.client_id)
    query = query.where(Call.ended_at.is_(None), Client.archived_at.is_(None))
    rows = db.session.execute(query.order_by(Call.starts_at.asc().nulls_first(), Call.asked_at, Call.id))
    return [Wanted(*row) for row in rows]


def calls_of(project_id: UUID) -> list[tuple[Call, Person]]:
    """The calls of a project with whoever asked for them, the newest first."""
    query = select(Call, Person).join(Person, Person.id == Call.person_id).where(Call.project_id == project_id)
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Call.asked_at.desc(), Call.id))]


def summaries_of(project_id: UUID) -> list[tuple[CallSummary, Person]]:
    """What was said in the calls of a project, with whom, the newest first."""
    query = select(CallSummary, Person).join(Person, Person.id == CallSummary.person_id).where(CallSummary.project_id == project_id)
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(CallSummary.at.desc(), CallSummary.id))]
