"""Reads for reports: the days of everything that is done, by client, kind or template, and the cases behind a number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select

from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kinds.waiting.booking import Days
from portal.kinds.waiting.history import Case, Group, cases, grouped, late_in, latest, of_template
from portal.kinds.waiting.moving import Delay
from portal.models.clients import Client
from portal.models.item_states import ItemKind
from portal.models.items import Item
from portal.models.projects import Project
from portal.models.templates import ProjectTemplate, TemplateVersion

PERIODS: Mapping[str, timedelta | None] = {"quarter": timedelta(days=91), "year": timedelta(days=365), "all": None}
BY = ("client", "kind", "template")
SHOWN = 100

Name = UUID | ItemKind | None


@dataclass(frozen=True)
class Row:
    """The figures of one client, kind or template, and what it is called; a kind and no template have their words elsewhere."""

    key: Name
    name: str
    group: Group


@dataclass(frozen=True)
class Report:
    """What was done in a period, all together and one by one: those with cases enough first, of them those that took clients longest."""

    whole: Group | None
    rows: list[Row]


def report(by: str, period: str) -> Report:
    """The figures of a period, in four statements."""
    found = cases(*_since(period))
    rows = grouped(found, lambda case: _key(case, by))
    names = _names(by, rows)
    told = [Row(key, names.get(key, "") if key else "", group) for key, group in rows.items()]
    told.sort(key=lambda row: (row.group.is_few, -row.group.client.half, -row.group.count, row.name))
    return Report(grouped(found, lambda _case: True).get(True), told)


def _key(case: Case, by: str) -> Name:
    return case.client_id if by == "client" else case.kind if by == "kind" else case.template_id


def _names(by: str, keys: Mapping[Name, object]) -> Mapping[Name, str]:
    if by == "kind":
        return {}
    table = Client if by == "client" else ProjectTemplate
    every = select(table.id, table.name)
    wanted = sorted(key for key in keys if isinstance(key, UUID))
    query = every if len(wanted) > SHOWN else every.where(table.id.in_(wanted))
    return {row[0]: row[1] for row in db.session.execute(query)}


def _since(period: str) -> list[ColumnElement[bool]]:
    span = PERIODS[period]
    return [] if span is None else [Item.state_since >= now() - span]


@dataclass(frozen=True)
class Wanted:
    """Which cases are asked for: of a client, kind or template; of one thing in a template; only pictures; only what held a project up."""

    client_id: UUID | None = None
    kind: ItemKind | None = None
    template_id: UUID | None = None
    key: str = ""
    pictures: bool = False
    held_up: bool = False


@dataclass(frozen=True)
class Found:
    """A thing with its project and client: with its days, or with how late it came."""

    days: Days | None
    delay: Delay | None
    item: Item
    project: Project
    client: Client


def found(wanted: Wanted, period: str) -> list[Found]:
    """The cases behind a number, the latest first."""
    if wanted.held_up and wanted.template_id:
        late = {item.id: delay for item, delay in late_in(of_template(wanted.template_id)) if item.template_key == wanted.key}
        return [Found(None, late[item.id], item, project, client) for item, project, client in _whole(late)]
    which = [*_since(period)]
    which += [Item.client_id == wanted.client_id] if wanted.client_id else []
    which += [Item.kind == wanted.kind] if wanted.kind else []
    which += [TemplateVersion.template_id == wanted.template_id] if wanted.template_id else []
    which += [Item.template_key == wanted.key] if wanted.key else []
    told = [case for case in latest(*which) if case.pictures or not wanted.pictures]
    days = {case.item_id: case.days for case in told[:SHOWN]}
    return [Found(days[item.id], None, item, project, client) for item, project, client in _whole(days)]


def _whole(ids: Iterable[UUID]) -> list[tuple[Item, Project, Client]]:
    ids = list(ids)
    query = select(Item, Project, Client).join(Project, Project.id == Item.project_id).join(Client, Client.id == Item.client_id)
    rows = {item.id: (item, project, client) for item, project, client in db.session.execute(query.where(Item.id.in_(ids)))}
    return [rows[item_id] for item_id in ids]


def name_of(wanted: Wanted) -> str:
    """What the client or the template that is asked for is called."""
    row: Client | ProjectTemplate | None = None
    if wanted.client_id:
        row = db.session.get(Client, wanted.client_id)
    elif wanted.template_id:
        row = db.session.get(ProjectTemplate, wanted.template_id)
    return row.name if row else ""
