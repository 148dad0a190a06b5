"""What differs between two states of a template, part by part: for whoever publishes, and whoever reads what a version brought."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TypeVar

from portal.kernel.words import Words
from portal.models.definition.shape import Definition
from portal.models.template.shape import Piece, Role, Stage, Template

Keyed = TypeVar("Keyed", Stage, Piece, Role)


class How(StrEnum):
    """What happened to a part."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Change:
    """One part that differs: its place ("items.logo"), what it is called, and which of its own parts changed."""

    how: How
    part: str
    name: Words
    what: tuple[str, ...] = ()


def changes(before: Template, after: Template) -> list[Change]:
    """Everything that differs, in reading order; where only the order differs, one change of "order"."""
    found = list(_whole(before, after))
    for part, was, now in (
        ("milestones", before.milestones, after.milestones),
        ("items", before.items, after.items),
        ("roles", before.roles, after.roles),
    ):
        found += _rows(part, was, now)  # type: ignore[type-var]
    return [*found, *_questions(before, after)]


def _whole(before: Template, after: Template) -> Iterator[Change]:
    what = tuple(name for name in ("name", "summary", "languages", "reminders") if getattr(before, name) != getattr(after, name))
    if what:
        yield Change(How.CHANGED, "", after.name, what)


def _rows(part: str, before: Iterable[Keyed], after: Iterable[Keyed]) -> Iterator[Change]:
    was, now = {one.key: one for one in before}, {one.key: one for one in after}
    for key, one in now.items():
        if key not in was:
            yield Change(How.ADDED, f"{part}.{key}", _name(one))
        elif was[key] != one:
            what = tuple(_called(one, each.name) for each in fields(one) if getattr(was[key], each.name) != getattr(one, each.name))
            yield Change(How.CHANGED, f"{part}.{key}", _name(one), what)
    for key, one in was.items():
        if key not in now:
            yield Change(How.REMOVED, f"{part}.{key}", _name(one))
    if [key for key in was if key in now] != [key for key in now if key in was]:
        yield Change(How.CHANGED, part, {}, ("order",))


def _questions(before: Template, after: Template) -> Iterator[Change]:
    """Questionnaires that changed under the same item; those of new or removed items are theirs to tell."""
    owners: Mapping[str, Piece] = {piece.questionnaire: piece for piece in after.items if piece.questionnaire}
    for key, now in after.questionnaires.items():
        was = before.questionnaires.get(key)
        if was is not None and was != now:
            owner = owners.get(key)
            what = _asked(was, now)
            yield Change(How.CHANGED, f"questionnaires.{key}", owner.title if owner else {}, what)


def _asked(was: Definition, now: Definition) -> tuple[str, ...]:
    """How many questions are new, gone and changed, as words like "+2", "-1" and "~3"."""
    old, new = {q.key: q for q in was.questions}, {q.key: q for q in now.questions}
    added, gone = len(new.keys() - old.keys()), len(old.keys() - new.keys())
    other = sum(old[key] != new[key] for key in old.keys() & new.keys())
    return tuple(f"{sign}{count}" for sign, count in (("+", added), ("-", gone), ("~", other)) if count)


def _called(one: Stage | Piece | Role, field: str) -> str:
    return "deciding" if field == "spec" and isinstance(one, Piece) and one.kind.is_decision else field


def _name(one: Stage | Piece | Role) -> Words:
    return one.title if isinstance(one, Piece) else one.name
