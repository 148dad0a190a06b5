"""What the firm's own history says by plain counts: how many days things took, and what held up projects like one that begins now."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from statistics import median
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, select

from portal.kernel.clock import Calendar
from portal.kernel.db import db
from portal.kinds.waiting.booking import Days, Stretch, book
from portal.kinds.waiting.moving import Delay, delay_of
from portal.models.clients import Client
from portal.models.item_states import ItemKind, ItemState
from portal.models.items import Item
from portal.models.people import the_firm
from portal.models.projects import Milestone, Project, ProjectState
from portal.models.templates import TemplateVersion
from portal.models.turns import Turn

FEWEST = 5
"""How many cases there must be before anything is said from them."""
PICTURES = ["image"]
LIKE_THIS, LATEST, MANY, CHUNK = 50, 400, 1000, 5000

Key = TypeVar("Key", bound=Hashable)


class Case(NamedTuple):
    """Something that was asked for and is done: whose, of what kind, by which template, and its days."""

    item_id: UUID
    client_id: UUID
    kind: ItemKind
    template_id: UUID | None
    key: str | None
    pictures: bool
    done_at: datetime
    days: Days


@dataclass(frozen=True)
class Figures:
    """The days of some cases on one side: from the least to the most, half of them at most `half`, nine of ten at most `usual`."""

    least: int
    half: float
    usual: int
    most: int

    @classmethod
    def of(cls, days: Iterable[int]) -> Figures:
        """The median, and the ninetieth percentile as the nearest case."""
        inorder = sorted(days)
        return cls(inorder[0], median(inorder), inorder[math.ceil(len(inorder) * 0.9) - 1], inorder[-1])


@dataclass(frozen=True)
class Group:
    """Some cases together."""

    count: int
    client: Figures
    firm: Figures

    @property
    def is_few(self) -> bool:
        """Whether there are too few cases to speak of half of them."""
        return self.count < FEWEST


def cases(*which: ColumnElement[bool]) -> list[Case]:
    """Everything that was ever accepted or decided with yes, the latest first; in three statements, however many there are."""
    query = _done(select(Item.id, Item.client_id, Item.kind, TemplateVersion.template_id, Item.template_key, Item.spec, Item.state_since))
    rows = db.session.execute(query.where(*which).order_by(Item.state_since.desc(), Item.id)).all()
    calendars, whose = _calendars({row[1] for row in rows}), {row[0]: row[1] for row in rows}
    turns = _done(select(Turn.item_id, Turn.side, Turn.began_at, Turn.ended_at).select_from(Turn).join(Item, Item.id == Turn.item_id))
    each = db.session.execute(turns.where(*which).order_by(Turn.item_id, Turn.n).execution_options(yield_per=CHUNK))
    booked: dict[UUID, Days] = {}
    for item_id, stretches in groupby(each, key=lambda row: row[0]):
        found = book((Stretch(*row[1:]) for row in stretches), calendars[whose[item_id]]) if item_id in whose else None
        if found:
            booked[item_id] = found.days
    return [
        Case(item_id, client_id, kind, template_id, key, kind is ItemKind.FILES and spec.get("types") == PICTURES, done_at, booked[item_id])
        for item_id, client_id, kind, template_id, key, spec, done_at in rows
        if item_id in booked
    ]


def _done(query: Any) -> Any:
    """Of items that are done, with their project and the version of the template it began from."""
    query = query.join(Project, Project.id == Item.project_id)
    query = query.outerjoin(TemplateVersion, TemplateVersion.id == Project.template_version_id)
    return query.where(Item.state == ItemState.ACCEPTED)


def latest(*which: ColumnElement[bool]) -> list[Case]:
    """The last few hundred cases: enough to say what is usual, however long the firm has been at it."""
    newest = _done(select(Item.id)).where(*which).order_by(Item.state_since.desc()).limit(LATEST)
    return cases(Item.id.in_(list(db.session.scalars(newest))))


def grouped(found: Iterable[Case], key: Callable[[Case], Key]) -> dict[Key, Group]:
    """The figures of cases, by whatever they have in common."""
    sorted_out: dict[Key, list[Days]] = defaultdict(list)
    for case in found:
        sorted_out[key(case)].append(case.days)
    return {
        name: Group(len(days), Figures.of(one.client for one in days), Figures.of(one.firm for one in days))
        for name, days in sorted_out.items()
    }


@dataclass(frozen=True)
class HeldUp:
    """A thing of a template that came too late from the client in `held` of the latest `of` projects that began from it."""

    key: str
    held: int
    of: int


def held_up(template_id: UUID) -> list[HeldUp]:
    """What held up the latest projects of a template, the worst first; nothing from fewer than five, and no thing that did so once."""
    projects = of_template(template_id)
    if len(projects) < FEWEST:
        return []
    found: dict[str, set[UUID]] = defaultdict(set)
    for item, _delay in late_in(projects):
        found[str(item.template_key)].add(item.project_id)
    told = [HeldUp(key, len(held), len(projects)) for key, held in found.items() if len(held) > 1]
    return sorted(told, key=lambda one: (-one.held, one.key))


def of_template(template_id: UUID) -> list[UUID]:
    """The latest projects that began from a template, in whatever version."""
    ours = (Project.state != ProjectState.DRAFT, TemplateVersion.template_id == template_id)
    query = select(Project.id).join(TemplateVersion, TemplateVersion.id == Project.template_version_id).where(*ours)
    return list(db.session.scalars(query.order_by(Project.created_at.desc(), Project.id).limit(LIKE_THIS)))


def late_in(projects: Iterable[UUID]) -> list[tuple[Item, Delay]]:
    """The things from a template that came from their client later than what they hold up could wait, or still do, and how late."""
    keyed = (Item.project_id.in_(list(projects)), Item.template_key.is_not(None), Item.required, Item.state != ItemState.WAIVED)
    query = select(Item, Milestone).join(Milestone, Milestone.id == Item.holds_up_id).where(*keyed).order_by(Item.project_id, Item.position)
    rows = [(item, milestone) for item, milestone in db.session.execute(query) if milestone.agreed_starts_on or milestone.starts_on]
    turns, calendars = _turns([item.id for item, _milestone in rows]), _calendars({item.client_id for item, _milestone in rows})
    told = [(item, _delay(item, milestone, turns.get(item.id, []), calendars[item.client_id])) for item, milestone in rows]
    return [(item, delay) for item, delay in told if delay.days]


def _delay(item: Item, milestone: Milestone, turns: list[Stretch], calendar: Calendar) -> Delay:
    """How late it came by the plan as it was before anything moved it."""
    planned = milestone.agreed_starts_on or milestone.starts_on
    needed = the_firm().calendar.shift(planned, -item.lead_days) if planned else calendar.today()
    return delay_of(turns, due=item.due_on, needed=needed, calendar=calendar)


def _turns(items: list[UUID]) -> Mapping[UUID, list[Stretch]]:
    found: dict[UUID, list[Stretch]] = defaultdict(list)
    query = select(Turn.item_id, Turn.side, Turn.began_at, Turn.ended_at).where(Turn.item_id.in_(items)).order_by(Turn.item_id, Turn.n)
    for row in db.session.execute(query):
        found[row[0]].append(Stretch(*row[1:]))
    return found


def _calendars(clients: set[UUID]) -> Mapping[UUID, Calendar]:
    query = select(Client) if len(clients) > MANY else select(Client).where(Client.id.in_(sorted(clients)))
    return {one.id: one.calendar for one in db.session.scalars(query)}
