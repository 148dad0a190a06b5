"""What to expect of clients, by plain counts of the firm's own cases: never from fewer than five, and the number always comes along."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portal.kernel.clock import Calendar
from portal.kinds.waiting.history import FEWEST, Case, HeldUp, grouped, held_up, latest
from portal.models.item_states import ItemKind
from portal.models.items import Item
from portal.models.template.outlook import Outlook, Thing
from portal.models.templates import TemplateVersion


@dataclass(frozen=True)
class Usual:
    """How many working days clients usually need for something, by how many cases; half of them needed no more."""

    days: int
    cases: int
    kind: ItemKind
    pictures: bool = False


@dataclass(frozen=True)
class Tight:
    """A thing of a plan that is due sooner than clients usually need for it: they get `given` working days."""

    thing: Thing
    usual: Usual
    given: int


def usual(kind: ItemKind | None = None) -> list[Usual]:
    """What clients usually need for each kind of thing, pictures apart from other files."""
    found = latest(Item.kind == kind) if kind else latest()
    groups = grouped(found, lambda case: (case.kind, case.pictures)).items()
    told = [Usual(math.ceil(group.client.half), group.count, *key) for key, group in groups if group.count >= FEWEST]
    return sorted(told, key=lambda one: (list(ItemKind).index(one.kind), one.pictures))


def usual_in(template_id: UUID) -> dict[str, Usual]:
    """What clients usually need for each thing of a template."""
    found: Iterable[Case] = (case for case in latest(TemplateVersion.template_id == template_id) if case.key)
    groups = grouped(found, lambda case: (str(case.key), case.kind)).items()
    return {key: Usual(math.ceil(group.client.half), group.count, kind) for (key, kind), group in groups if group.count >= FEWEST}


@dataclass(frozen=True)
class Foretold:
    """What projects from a template taught the firm: what held them up, and what this plan asks for too soon."""

    template_id: UUID
    held: list[tuple[Thing, HeldUp]]
    tight: list[Tight]


def foretold(template_id: UUID, plan: Outlook, *, begins: date, calendar: Calendar) -> Foretold:
    """What to expect of a project that would begin from a template on a day."""
    things = {thing.piece.key: thing for thing in plan.things}
    held = [(things[one.key], one) for one in held_up(template_id) if one.key in things]
    return Foretold(template_id, held, tight(plan, usual_in(template_id), begins=begins, calendar=calendar))


def tight(plan: Outlook, known: dict[str, Usual], *, begins: date, calendar: Calendar) -> list[Tight]:
    """What a plan asks for at once and sooner than clients usually send it."""
    told = [(thing, known[thing.piece.key], thing.due_on) for thing in plan.at_once if thing.piece.key in known]
    given = [Tight(thing, one, calendar.working_days_between(begins, due)) for thing, one, due in told if due]
    return [one for one in given if one.given < one.usual.days]
