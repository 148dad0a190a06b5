"""What goes into a dossier, read in a fixed number of queries. The session must have been opened with the client's eyes (`eyes`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from portal.kernel.db import db
from portal.kernel.viewer import Side
from portal.kinds import reading
from portal.kinds.agreed.standing import Agreed, agreed_of
from portal.kinds.approvals.pins import Pinned, pins_where
from portal.kinds.closing.standing import closing_of
from portal.kinds.files.shelf import Entry, exchanged
from portal.kinds.ground.goals import Goals, goals_of
from portal.models.approvals import ApprovalVersion, Decision
from portal.models.clients import Client
from portal.models.closings import Closing
from portal.models.deliveries import HandOver
from portal.models.files import FromSide
from portal.models.ground.assumptions import Assumption
from portal.models.items import Item
from portal.models.news import BadNews, UpdateReply, WeeklyUpdate
from portal.models.people import Person, the_firm
from portal.models.pins import Pin
from portal.models.projects import Milestone, Project
from portal.models.talk import Message

Row = TypeVar("Row", HandOver, ApprovalVersion, Decision)
Told = TypeVar("Told", WeeklyUpdate, UpdateReply, BadNews, Assumption, Message)


@dataclass(frozen=True)
class Asked:
    """One thing that was asked, with all that was sent, presented, decided and said about it."""

    item: Item
    rounds: list[HandOver]
    versions: list[ApprovalVersion]
    decisions: list[Decision]
    comments: list[Pinned]

    def decided_on(self, version: ApprovalVersion) -> list[Decision]:
        """What was decided on one version, the first first; what was taken back too."""
        return [one for one in self.decisions if one.version_id == version.id]


@dataclass(frozen=True)
class Dossier:
    """A project as both sides know it."""

    client: Client
    project: Project
    people: Mapping[UUID, str]
    closing: Closing | None
    milestones: list[Milestone]
    asked: list[Asked]
    agreed: Agreed
    updates: list[WeeklyUpdate]
    replies: list[UpdateReply]
    news: list[BadNews]
    files: list[Entry]
    firm: str
    goals: Goals
    assumptions: list[Assumption]
    talk: Mapping[UUID | None, list[Message]]

    def name(self, person_id: UUID | None) -> str:
        """Who that is."""
        return self.people.get(person_id, "") if person_id else ""


def gather(project_id: UUID) -> Dossier:
    """Everything of one project that its client may see."""
    viewer = db.session().info.get("viewer")
    if viewer is None or viewer.side is not Side.CLIENT:
        raise RuntimeError("a dossier is read with the client's eyes")
    project = db.session.scalars(select(Project).where(Project.id == project_id)).one()
    client = db.session.get_one(Client, project.client_id)
    items, milestones = reading.items_of(project_id), reading.milestones_of(project_id)
    updates = _of(WeeklyUpdate, WeeklyUpdate.project_id, project_id, WeeklyUpdate.week)
    replies = _of(UpdateReply, UpdateReply.project_id, project_id, UpdateReply.at)
    news = _of(BadNews, BadNews.project_id, project_id, BadNews.sent_at)
    asked, files = _asked(items), exchanged(project_id)
    messages = _of(Message, Message.project_id, project_id, Message.at)
    return Dossier(
        client=client,
        project=project,
        people=_names(project, asked, [*updates, *news, *messages], replies),
        closing=closing_of(project_id),
        milestones=milestones,
        asked=asked,
        agreed=agreed_of(items, milestones, client.calendar),
        updates=updates,
        replies=replies,
        news=news,
        files=files,
        firm=the_firm().name,
        goals=goals_of(project, client, side=FromSide.CLIENT),
        assumptions=_of(Assumption, Assumption.project_id, project_id, Assumption.position),
        talk=_by_thread(messages),
    )


def _asked(items: list[Item]) -> list[Asked]:
    ids = [item.id for item in items]
    rounds = _by_item(select(HandOver).where(HandOver.taken_back_at.is_(None)).order_by(HandOver.round), HandOver.item_id, ids)
    versions = _by_item(select(ApprovalVersion).order_by(ApprovalVersion.n), ApprovalVersion.item_id, ids)
    decisions = _by_item(select(Decision).order_by(Decision.at, Decision.id), Decision.item_id, ids)
    comments: dict[UUID, list[Pinned]] = defaultdict(list)
    for told in pins_where(Pin.item_id.in_(ids)):
        comments[told.pin.item_id].append(told)
    return [Asked(item, rounds[item.id], versions[item.id], decisions[item.id], comments[item.id]) for item in items]


def _by_item(query: Select[Row], column: InstrumentedAttribute[UUID], ids: list[UUID]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in db.session.scalars(query.where(column.in_(ids))):
        found[row.item_id].append(row)
    return found


def _of(model: type[Told], column: InstrumentedAttribute[UUID], project_id: UUID, order: InstrumentedAttribute[Any]) -> list[Told]:
    return list(db.session.scalars(select(model).where(column == project_id).order_by(order)))


def _by_thread(messages: list[Message]) -> Mapping[UUID | None, list[Message]]:
    """What was said about the project (under None) and about each thing, the first first."""
    found: dict[UUID | None, list[Message]] = defaultdict(list)
    for message in messages:
        found[message.item_id].append(message)
    return found


def _names(
    project: Project, asked: list[Asked], said: Iterable[WeeklyUpdate | BadNews | Message], replies: list[UpdateReply]
) -> Mapping[UUID, str]:
    ids: set[UUID | None] = {project.lead_id, *(one.by_id for one in said), *(one.person_id for one in replies)}
    for one in asked:
        ids |= {handed.by_id for handed in one.rounds} | {version.by_id for version in one.versions}
        ids |= {decision.by_id for decision in one.decisions}
    known = select(Person).where(Person.id.in_(sorted(one for one in ids if one)))
    return {person.id: person.name for person in db.session.scalars(known)}
