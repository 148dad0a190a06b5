"""Reads for the review: what waits for a look, oldest first, and everything one verdict needs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import cast
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from portal.kernel.clock import Calendar, now
from portal.kernel.db import db
from portal.kinds import reading
from portal.models.clients import Client
from portal.models.deliveries import Delivery, HandOver, reference
from portal.models.files import Upload
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.people import Person, the_firm
from portal.models.projects import Project, ProjectState
from portal.models.snags import Snag


@dataclass
class Waiting:
    """One delivery in the queue: whose it is, what is in it, since when, and by when we said we would look."""

    delivery: Delivery
    project: Project
    client: Client
    since: datetime
    age: int
    items: list[Item] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    promised: date | None = None
    late: bool = False

    @property
    def count(self) -> int:
        """How many things in it wait for a look."""
        return len(self.items)

    @property
    def reference(self) -> str:
        """What both sides call this delivery."""
        return reference(self.client.name, project=self.project.number, number=self.delivery.number)


@dataclass(frozen=True)
class Lacking:
    """Something a client says they do not have."""

    item: Item
    project: Project
    client: Client
    age: int


@dataclass(frozen=True)
class Hindered(Lacking):
    """Something a client cannot go on with, and what is in the way."""

    snag: Snag


@dataclass(frozen=True)
class Row:
    """One item of a delivery, as it was handed over last, and who judged it."""

    item: Item
    handed: HandOver | None
    judge: Person | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still waits for a verdict."""
        return self.item.state is ItemState.SENT and self.handed is not None and self.handed.is_open


@dataclass(frozen=True)
class Round:
    """One earlier hand-over of an item."""

    handed: HandOver
    by: Person
    judge: Person | None


@dataclass(frozen=True)
class Pace:
    """How the last seven days went: how many things were checked, and after how many hours half of them."""

    count: int
    hours: int


LIVE = and_(Project.client_id == Item.client_id, Project.id == Item.project_id, Project.state != ProjectState.ARCHIVED)


def queue() -> list[Waiting]:
    """Deliveries with something unjudged, oldest first."""
    found = (
        select(HandOver, Item, Delivery, Project, Client, Person)
        .join(Item, Item.id == HandOver.item_id)
        .join(Delivery, Delivery.id == HandOver.delivery_id)
        .join(Project, LIVE)
        .join(Client, Client.id == Item.client_id)
        .join(Person, Person.id == HandOver.by_id)
        .where(reading.unjudged())
        .order_by(HandOver.at, Item.position, HandOver.id)
    )
    calendar = the_firm().calendar
    waiting: dict[UUID, Waiting] = {}
    for handed, item, delivery, project, client, person in db.session.execute(found):
        row = waiting.setdefault(delivery.id, Waiting(delivery, project, client, handed.at, _age(handed.at, calendar)))
        row.items.append(item)
        if person not in row.people:
            row.people.append(person)
        by = reading.look_by(item, handed.at, calendar)
        row.promised = min(by, row.promised or by)
        row.late = row.promised < calendar.today()
    return list(waiting.values())


def lacking(project_id: UUID | None = None) -> list[Lacking]:
    """What clients say they do not have and nobody has answered, oldest first."""
    found = select(Item, Project, Client).join(Project, LIVE).join(Client, Client.id == Item.client_id)
    found = found.where(Item.state == ItemState.NOT_AVAILABLE).order_by(Item.state_since, Item.id)
    if project_id:
        found = found.where(Item.project_id == project_id)
    calendar = the_firm().calendar
    return [Lacking(item, project, client, _age(item.state_since, calendar)) for item, project, client in db.session.execute(found)]


def hindered() -> list[Hindered]:
    """What keeps clients from going on, in their words and not answered yet, oldest first."""
    found = select(Item, Project, Client, Snag).join(Project, LIVE).join(Client, Client.id == Item.client_id)
    found = found.join(Snag, and_(Snag.client_id == Item.client_id, Snag.item_id == Item.id, Snag.ended_at.is_(None)))
    calendar = the_firm().calendar
    rows = db.session.execute(found.where(Item.stuck).order_by(Snag.at, Snag.id))
    return [Hindered(item, project, client, _age(snag.at, calendar), snag) for item, project, client, snag in rows]


def pace() -> Pace:
    """What was checked in the last seven days."""
    lately = (HandOver.verdict_at > now() - timedelta(days=7), HandOver.verdict_by.is_not(None))
    judged = db.session.scalars(select(HandOver).where(*lately))
    waits = [(each.verdict_at - each.at).total_seconds() for each in judged if each.verdict_at]
    return Pace(len(waits), max(1, round(median(waits) / 3600)) if waits else 0)


def rows_of(delivery: Delivery) -> list[Row]:
    """The items of a delivery in the firm's order, each as it was handed over last; what was taken back is left out."""
    found = select(HandOver, Item, Person).join(Item, Item.id == HandOver.item_id).outerjoin(Person, Person.id == HandOver.verdict_by)
    found = found.where(HandOver.delivery_id == delivery.id, HandOver.taken_back_at.is_(None))
    latest: dict[UUID, Row] = {}
    for handed, item, judge in db.session.execute(found.order_by(Item.position, Item.id, HandOver.round)):
        latest[item.id] = Row(item, handed, judge)
    return list(latest.values())


def rounds_of(item: Item) -> list[Round]:
    """Everything that was ever handed over for an item, newest first."""
    judge = aliased(Person)
    found = select(HandOver, Person, judge).join(Person, Person.id == HandOver.by_id).outerjoin(judge, judge.id == HandOver.verdict_by)
    found = found.where(HandOver.item_id == item.id).order_by(HandOver.round.desc())
    return [Round(handed, by, judged) for handed, by, judged in db.session.execute(found)]


def open_delivery_of(item: Item) -> Delivery | None:
    """The delivery of the item's project that is not finished yet."""
    return db.session.scalar(select(Delivery).where(Delivery.project_id == item.project_id, Delivery.finished_at.is_(None)))


def place_of(item: Item) -> tuple[Client, Project]:
    """The client and the project an item belongs to."""
    found = select(Client, Project).join(Project, Project.client_id == Client.id).where(Project.id == item.project_id)
    client, project = db.session.execute(found).one()
    return client, project


def uploads_of(content: dict[str, object]) -> dict[str, Upload]:
    """The uploads a frozen content names, by their id as text."""
    ids = [UUID(str(file["id"])) for file in frozen_files(content)]
    if not ids:
        return {}
    return {str(upload.id): upload for upload in db.session.scalars(select(Upload).where(Upload.id.in_(ids)))}


def same_bytes(uploads: list[Upload]) -> list[tuple[Upload, str, Item]]:
    """Which of these files came before, for another item or an earlier round: (file, name it had then, item)."""
    if not uploads:
        return []
    then = aliased(Upload)
    earlier = select(Upload, then.name, Item).join(then, and_(then.client_id == Upload.client_id, then.sha256 == Upload.sha256))
    earlier = earlier.join(Item, Item.id == then.item_id).where(Upload.id.in_([upload.id for upload in uploads]))
    earlier = earlier.where(then.id != Upload.id, then.received_at < Upload.received_at, then.side == Upload.side)
    found: dict[UUID, tuple[Upload, str, Item]] = {}
    for upload, name, item in db.session.execute(earlier.order_by(then.received_at, then.id)):
        found.setdefault(upload.id, (upload, name, item))
    return list(found.values())


def content_of(handed: HandOver | None) -> dict[str, object]:
    """What was frozen when it was handed over."""
    return cast("dict[str, object]", json.loads(handed.content)) if handed else {}


def frozen_files(content: dict[str, object]) -> list[dict[str, object]]:
    """The files of a frozen content."""
    return cast("list[dict[str, object]]", content.get("files") or [])


def answers_in(content: dict[str, object]) -> int:
    """How many questions of a frozen questionnaire were answered."""
    sections = cast("list[dict[str, list[dict[str, object]]]]", content.get("sections") or [])
    return sum("value" in answer for section in sections for answer in section["answers"])


def following(rows: list[Row], item_id: UUID) -> Row | None:
    """The next item of a delivery that waits for a verdict, from this one on and then from the start."""
    here = next((n for n, row in enumerate(rows) if row.item.id == item_id), -1)
    return next((row for row in rows[here + 1 :] + rows[: here + 1] if row.is_open and row.item.id != item_id), None)


def _age(since: datetime, calendar: Calendar) -> int:
    return (calendar.today() - calendar.day_of(since)).days
