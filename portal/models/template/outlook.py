"""What a client would see of a project that began from a template on a day: computed, nothing written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.kernel.clock import Calendar
from portal.kernel.words import best
from portal.models.template.dating import dates
from portal.models.template.publishing import speaks
from portal.models.template.shape import Piece, Stage, Template


@dataclass(frozen=True)
class Thing:
    """One thing on the client's list, in the one language all of it is there in."""

    piece: Piece
    language: str
    due_on: date | None
    minutes: int

    @property
    def title(self) -> str:
        """What it is called; one without a name goes by its key."""
        return self.piece.title.get(self.language) or self.piece.key

    @property
    def why(self) -> str:
        """What it is needed for."""
        return self.piece.why.get(self.language, "")

    @property
    def help(self) -> str:
        """What helps with it."""
        return self.piece.help.get(self.language, "")

    @property
    def closed(self) -> bool:
        """Whether it waits for another."""
        return bool(self.piece.needs)


@dataclass(frozen=True)
class Step:
    """One milestone with its days."""

    stage: Stage
    title: str
    starts_on: date | None
    ends_on: date | None

    @property
    def day(self) -> date | None:
        """The day on which it begins or, without one, ends."""
        return self.starts_on or self.ends_on


@dataclass(frozen=True)
class Outlook:
    """The list and the way, in the client's language."""

    name: str
    things: tuple[Thing, ...]
    steps: tuple[Step, ...]

    @property
    def at_once(self) -> list[Thing]:
        """What waits for the client on the first day."""
        return [thing for thing in self.things if not (thing.closed or thing.piece.kind.is_decision)]

    @property
    def preparing(self) -> list[Thing]:
        """What we present as soon as we have it."""
        return [thing for thing in self.things if thing.piece.kind.is_decision and not thing.closed]

    @property
    def closed(self) -> list[Thing]:
        """What opens later."""
        return [thing for thing in self.things if thing.closed]

    @property
    def later(self) -> list[Thing]:
        """All that does not wait for the client on the first day, in order."""
        return [thing for thing in self.things if thing.closed or thing.piece.kind.is_decision]


def outlook(template: Template, *, starts_on: date, calendar: Calendar, language: str) -> Outlook:
    """What would stand there."""
    known = dates(template, starts_on=starts_on, calendar=calendar)
    things = (Thing(one, _language(template, one, language), known.due.get(one.key), template.minutes(one)) for one in template.items)
    steps = (Step(s, best(s.name, language, *template.languages), known.starts[s.key], known.ends[s.key]) for s in template.milestones)
    return Outlook(best(template.name, language, *template.languages), tuple(things), tuple(steps))


def _language(template: Template, piece: Piece, language: str) -> str:
    """The first language all of an item is said in, this one before the template's own."""
    whole = (one for one in (language, *template.languages) if speaks(template, piece, one))
    return next(whole, next(iter(piece.title), language))
