"""What a client would see of a project that began from a template on a day: computed, nothing written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.kernel.clock import Calendar
from portal.kernel.words import best
from portal.models.template.dating import dates
from portal.models.template.publishing import speaks
from portal.models.template.shape import Piece, Template


@dataclass(frozen=True)
class Thing:
    """One thing on the client's list; `closed` while it waits for another."""

    title: str
    why: str
    due_on: date | None
    minutes: int
    closed: bool
    decision: bool


@dataclass(frozen=True)
class Step:
    """One milestone with the day on which it begins or, without one, ends."""

    title: str
    day: date | None


@dataclass(frozen=True)
class Outlook:
    """The list and the way, in the client's language."""

    name: str
    things: tuple[Thing, ...]
    steps: tuple[Step, ...]

    @property
    def at_once(self) -> list[Thing]:
        """What waits for the client on the first day."""
        return [thing for thing in self.things if not (thing.closed or thing.decision)]

    @property
    def later(self) -> list[Thing]:
        """What opens later, and what we present."""
        return [thing for thing in self.things if thing.closed or thing.decision]


def outlook(template: Template, *, starts_on: date, calendar: Calendar, language: str) -> Outlook:
    """What would stand there."""
    known = dates(template, starts_on=starts_on, calendar=calendar)
    things = tuple(_thing(template, piece, known.due.get(piece.key), language) for piece in template.items)
    steps = tuple(Step(best(s.name, language, *template.languages), known.starts[s.key] or known.ends[s.key]) for s in template.milestones)
    return Outlook(best(template.name, language, *template.languages), things, steps)


def _thing(template: Template, piece: Piece, due_on: date | None, language: str) -> Thing:
    said = [language] if speaks(template, piece, language) else [one for one in template.languages if speaks(template, piece, one)]
    return Thing(
        title=best(piece.title, *said, *template.languages),
        why=best(piece.why, *said, *template.languages),
        due_on=due_on,
        minutes=piece.minutes,
        closed=bool(piece.needs),
        decision=piece.kind.is_decision,
    )
