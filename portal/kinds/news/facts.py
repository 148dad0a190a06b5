"""What happened with projects in a week, and what comes next: read from rows that clients may see too, the same few queries for all."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy import and_, select

from portal.kernel.clock import Calendar
from portal.kernel.db import db
from portal.kernel.record import Audience, Event, EventDetail, Kind
from portal.kinds.agreed.forecast import Forecast, forecast_of
from portal.kinds.ground.assumptions import working_in
from portal.kinds.minutes import minutes
from portal.kinds.news.weeks import Week
from portal.kinds.plans.standing import settled_at
from portal.kinds.waiting.moving import Delay
from portal.models.approvals import ApprovalVersion, Decision
from portal.models.clients import Client
from portal.models.files import Upload
from portal.models.ground.assumptions import Assumption
from portal.models.item_states import ItemState, WaitingOn
from portal.models.items import Item
from portal.models.projects import Milestone, Project
from portal.models.sharing import Share, ShareFile
from portal.models.snapshots import Snapshot

SOON = timedelta(days=14)


@dataclass(frozen=True)
class Decided:
    """A decision of the week with what was decided on."""

    decision: Decision
    n: int
    shown: Snapshot


@dataclass(frozen=True)
class Moved:
    """A milestone that got another day in the week, and the day it had before; `milestone` has the one it has now.

    `why` has what came late, where that moved it by the rule both agreed on; `reason` is ours, where one of us moved it.
    """

    milestone: Milestone
    was: date
    why: list[tuple[Item, Delay]]
    reason: str = ""


@dataclass(frozen=True)
class Told:
    """The facts of one project in one week, in the client's calendar."""

    project: Project
    client: Client
    week: Week
    accepted: list[Item]
    decided: list[Decided]
    given: list[str]
    closed: list[Milestone]
    coming: list[Milestone]
    late: list[tuple[Item, int]]
    theirs: list[tuple[Item, int]]
    ours: list[Item]
    moved: list[Moved]
    forecast: Forecast | None
    assumed: list[Assumption]
    milestones: Mapping[UUID, Milestone]

    @property
    def nothing_moved(self) -> bool:
        """Whether nothing was done in the week."""
        return not (self.accepted or self.decided or self.given or self.closed)


def facts_of(works: Iterable[tuple[Project, Client, Week]]) -> dict[UUID, Told]:
    """The facts of these projects, each in its own week."""
    works = list(works)
    ids = [project.id for project, _, _ in works]
    begins = min((week.begins for _, _, week in works), default=None)
    if begins is None:
        return {}
    items, milestones = _by_project(Item, ids), _by_project(Milestone, ids)
    decided, given, changed = _decided(ids, begins), _given(ids, begins), _changed(ids, begins)
    assumed = working_in(ids)
    takes = minutes([one for those in items.values() for one in those if one.waiting_on is WaitingOn.CLIENT])
    return {
        project.id: _told(
            project,
            client,
            week,
            [item for item in items[project.id] if item.state is not ItemState.DRAFT],
            milestones[project.id],
            decided=decided[project.id],
            given=given[project.id],
            changed=changed[project.id],
            takes=takes,
            assumed=assumed[project.id],
        )
        for project, client, week in works
    }


def _told(
    project: Project,
    client: Client,
    week: Week,
    items: list[Item],
    milestones: list[Milestone],
    *,
    decided: list[Decided],
    given: list[tuple[datetime, str]],
    changed: list[Change],
    takes: Mapping[UUID, int],
    assumed: list[Assumption],
) -> Told:
    calendar = client.calendar
    known = {one.id: one for one in milestones}
    theirs = [item for item in items if item.waiting_on is WaitingOn.CLIENT and project.is_running]
    changed = [one for one in changed if _within(week, one.at) and one.milestone_id in known]
    was = {one.milestone_id: one.was for one in reversed(changed)}
    things = {item.id: item for item in items}
    why = {id: [(things[c.item_id], c.delay) for c in changed if c.milestone_id == id and c.delay and c.item_id in things] for id in was}
    reasons = {one.milestone_id: one.reason for one in changed if one.reason}
    return Told(
        project=project,
        client=client,
        week=week,
        accepted=[one for one in items if one.state is ItemState.ACCEPTED and not one.kind.is_decision and _within(week, one.state_since)],
        decided=[one for one in decided if _within(week, one.decision.at)],
        given=[name for at, name in given if _within(week, at)],
        closed=[one for one in milestones if (at := settled_at(one, items)) and _within(week, at)],
        coming=_coming(milestones, items, calendar),
        late=[(item, days) for item in theirs if (days := calendar.days_late(item.expected_on))],
        theirs=[(item, takes.get(item.id, item.minutes)) for item in theirs],
        ours=[item for item in items if item.waiting_on is WaitingOn.FIRM and project.is_running],
        moved=[Moved(known[id], day, why[id], reasons.get(id, "")) for id, day in was.items() if known[id].planned_on != day],
        forecast=forecast_of(items, milestones, calendar, agreed=None),
        assumed=assumed,
        milestones=known,
    )


def _within(week: Week, at: datetime) -> bool:
    return week.begins <= at < week.ends


def _coming(milestones: list[Milestone], items: Collection[Item], calendar: Calendar) -> list[Milestone]:
    """What is planned to begin in the next two weeks, or else the next thing that is planned at all."""
    today = calendar.today()
    ahead = sorted((one for one in milestones if one.starts_on and one.starts_on > today), key=lambda one: one.starts_on or today)
    return [one for one in ahead if one.starts_on and one.starts_on <= today + SOON] or ahead[:1]


Row = TypeVar("Row", Item, Milestone)


def _by_project(table: type[Row], ids: list[UUID]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for one in db.session.scalars(select(table).where(table.project_id.in_(ids)).order_by(table.position, table.id)):
        found[one.project_id].append(one)
    return found


def _decided(ids: list[UUID], since: datetime) -> dict[UUID, list[Decided]]:
    found: dict[UUID, list[Decided]] = defaultdict(list)
    query = select(Item.project_id, Decision, ApprovalVersion).select_from(Decision)
    query = query.join(Item, Item.id == Decision.item_id).join(ApprovalVersion, ApprovalVersion.id == Decision.version_id)
    mine = (Item.project_id.in_(ids), Decision.at >= since, Decision.taken_back_at.is_(None))
    for project_id, decision, version in db.session.execute(query.where(*mine).order_by(Decision.at, Decision.id)):
        found[project_id].append(Decided(decision, version.n, version.shown))
    return found


def _given(ids: list[UUID], since: datetime) -> dict[UUID, list[tuple[datetime, str]]]:
    """Files we gave to everybody there; what was given to some is told to nobody else."""
    found: dict[UUID, list[tuple[datetime, str]]] = defaultdict(list)
    query = select(Share.project_id, Share.shared_at, Upload.name).join(ShareFile, ShareFile.share_id == Share.id)
    query = query.join(Upload, Upload.id == ShareFile.upload_id)
    mine = (Share.project_id.in_(ids), Share.shared_at >= since, Share.for_all, Share.withdrawn_at.is_(None))
    for project_id, at, name in db.session.execute(query.where(*mine).order_by(Share.shared_at, Upload.name)):
        found[project_id].append((at, name))
    return found


@dataclass(frozen=True)
class Change:
    """That a milestone got another day: the day it had before, and what came late if that was why."""

    at: datetime
    milestone_id: UUID
    was: date
    item_id: UUID | None
    delay: Delay | None
    reason: str = ""


def _changed(ids: list[UUID], since: datetime) -> dict[UUID, list[Change]]:
    """The milestones that got another day, by the record."""
    found: dict[UUID, list[Change]] = defaultdict(list)
    mine = (Event.project_id.in_(ids), Event.at >= since, Event.audience == Audience.SHARED.value)
    kinds = (Kind.MILESTONES_CHANGED.value, Kind.DATES_MOVED.value)
    told = and_(EventDetail.chain_id == Event.chain_id, EventDetail.seq == Event.seq)
    query = select(Event, EventDetail.data).outerjoin(EventDetail, told).where(*mine, Event.kind.in_(kinds))
    for event, detail in db.session.execute(query.order_by(Event.seq)):
        facts = json.loads(event.facts)
        if event.project_id and facts.get("was"):
            delay = Delay(facts["late"], facts["slack"]) if event.kind == Kind.DATES_MOVED else None
            change = Change(event.at, UUID(facts["milestone"]), date.fromisoformat(facts["was"]), event.item_id, delay, _reason(detail))
            found[event.project_id].append(change)
    return found


def _reason(detail: str | None) -> str:
    return str(json.loads(detail).get("why", "")) if detail else ""
