"""What a newer version of its template would change in a running project, item by item: only what the template changed since the
project began, and only where the project does not say so already. What somebody wrote in the project by hand is no difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portal.kernel.clock import Calendar
from portal.kernel.refusal import N_
from portal.kernel.words import Words, best
from portal.kinds.plans import standing
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.projects import Milestone
from portal.models.template.dating import Dates, dates
from portal.models.template.shape import Piece, Template

SETTLED = frozenset({ItemState.ACCEPTED, ItemState.WAIVED, ItemState.SENT, ItemState.NOT_AVAILABLE})
SEEN = frozenset({"title", "why", "help", "due", "starts", "ends", "minutes", "spec", "questionnaire", "needs", "stage"})
COUNTED = ("needs", "questionnaire")
LABELS = {
    "title": N_("Name"),
    "why": N_("Why we need it"),
    "help": N_("What helps them"),
    "due": N_("Due"),
    "minutes": N_("Minutes it takes"),
    "lead_days": N_("Working days we need"),
    "required": N_("We cannot go on without it"),
    "needs_review": N_("We look at it before it counts as done"),
    "stage": N_("Belongs to"),
    "holds_up": N_("Holds up"),
    "spec": N_("What fits"),
    "questionnaire": N_("Questions"),
    "needs": N_("Opens when"),
    "reminders": N_("Reminders"),
}
DECIDED = N_("What is decided, and how")
DAYS = {"starts": N_("Starts"), "ends": N_("Ends")}


@dataclass(frozen=True)
class Line:
    """One part of an item or a milestone that differs: before and after in the client's language, both empty where only the page can say
    it. A day is a date, or a When where it is counted from something that has yet to happen. `called` where the field says too little."""

    field: str
    before: object = ""
    after: object = ""
    called: str = ""

    @property
    def label(self) -> str:
        """What the part is called, as a message id."""
        return self.called or LABELS.get(self.field) or DAYS[self.field]

    @property
    def seen(self) -> bool:
        """Whether the client sees this change."""
        return self.field in SEEN


@dataclass(frozen=True)
class Difference:
    """One item that would be added, changed, set aside, or one milestone that would be called otherwise or have other days."""

    key: str
    verb: str
    title: str
    lines: tuple[Line, ...] = ()
    settled: bool = False

    @property
    def seen(self) -> bool:
        """Whether the client sees it."""
        return self.verb not in ("change", "remind") or any(line.seen for line in self.lines)


@dataclass(frozen=True)
class Running:
    """A project as it is: its version's template and the newer one, its rows by template key, and the language of its client.

    Milestones that are taken over join its rows.
    """

    old: Template
    new: Template
    items: Mapping[str, Item]
    milestones: dict[str, Milestone]
    versions: Mapping[str, UUID]
    starts_on: date
    calendar: Calendar
    language: str
    reminders: str = ""

    @property
    def known(self) -> Dates:
        """The newer version's days as far as they are known in this project."""
        return self._days_of(self.new, self._standing)

    @property
    def known_before(self) -> Dates:
        """The days the project's own version gives now."""
        return self._days_of(self.old, self._standing)

    @property
    def _standing(self) -> dict[str, date]:
        """Ends the template did not change: what counts from them counts from the day that was agreed on in the project."""
        old, new = self._days_of(self.old, {}).ends, self._days_of(self.new, {}).ends
        return {key: row.ends_on for key, row in self.milestones.items() if row.ends_on and old.get(key) == new.get(key)}

    def _days_of(self, template: Template, ends_on: Mapping[str, date]) -> Dates:
        done = {key: item for key, item in self.items.items() if item.state in (ItemState.ACCEPTED, ItemState.WAIVED)}
        accepted = {key: self.calendar.day_of(item.state_since) for key, item in done.items()}
        return dates(template, starts_on=self.starts_on, calendar=self.calendar, accepted=accepted, ends_on=ends_on)


def differences(running: Running) -> list[Difference]:
    """What the newer version would change, in its own order; what it asks for no longer comes last."""
    known, known_before = running.known, running.known_before
    found = [*_reminded(running), *_milestones(running), *_moved(running, known, known_before)]
    for piece in running.new.items:
        item = running.items.get(piece.key)
        if item is None:
            if running.old.item(piece.key) is None:
                found.append(Difference(f"items.{piece.key}", "add", best(piece.title, running.language)))
            continue
        lines = _lines(running, piece, item, known, moved=known.due.get(piece.key) != known_before.due.get(piece.key))
        if lines:
            title = item.text("title", running.language)
            found.append(Difference(f"items.{piece.key}", "change", title, tuple(lines), settled=item.state in SETTLED))
    for key, item in running.items.items():
        if running.new.item(key) is None and running.old.item(key) and item.state not in (ItemState.ACCEPTED, ItemState.WAIVED):
            found.append(Difference(f"items.{key}", "remove", item.text("title", running.language), settled=item.state in SETTLED))
    return found


def _reminded(running: Running) -> list[Difference]:
    """The schedule of the whole project, where the template names another one."""
    wanted, now = running.new.reminders, running.reminders
    if running.old.reminders == wanted or now == wanted:
        return []
    return [Difference("reminders", "remind", "", (Line("reminders", now, wanted),))]


def _milestones(running: Running) -> list[Difference]:
    found = []
    for stage in running.new.milestones:
        row, before = running.milestones.get(stage.key), running.old.stage(stage.key)
        if row and before and before.name != stage.name and row.name != dict(stage.name):
            told = Line("title", row.title(running.language), best(stage.name, running.language))
            found.append(Difference(f"milestones.{stage.key}", "rename", row.title(running.language), (told,)))
    return found


def _moved(running: Running, known: Dates, known_before: Dates) -> list[Difference]:
    """Milestones to which the template gives other days than before; a closed one keeps its own."""
    found = []
    for stage in running.new.milestones:
        row, before = running.milestones.get(stage.key), running.old.stage(stage.key)
        if row is None or before is None or standing.is_settled(row, running.items.values()):
            continue
        lines = []
        for name in DAYS:
            days, days_before = getattr(known, name), getattr(known_before, name)
            when, when_before = getattr(stage, name), getattr(before, name)
            if when != when_before or days.get(stage.key) != days_before.get(stage.key):
                now = getattr(row, f"{name}_on") or (None if days_before.get(stage.key) else when_before)
                lines.append(Line(name, now, days.get(stage.key) or when))
        lines = [line for line in lines if line.before != line.after]
        if lines:
            found.append(Difference(f"days.{stage.key}", "move", row.title(running.language), tuple(lines)))
    return found


def _lines(running: Running, piece: Piece, item: Item, known: Dates, *, moved: bool) -> list[Line]:
    """The parts the template changed since, and this item does not have yet; `moved` when its day comes out otherwise."""
    before = running.old.item(piece.key)
    if before is None:
        return []
    changed = [name for name in LABELS if _part(running.old, before, name) != _part(running.new, piece, name) or (moved and name == "due")]
    told = (_TELL.get(name, _plain)(running, piece, item, known, name) for name in changed)
    return [line for line in told if line and (line.before != line.after or line.field in COUNTED)]


def _part(template: Template, piece: Piece, name: str) -> object:
    return template.definition(piece) if name == "questionnaire" else getattr(piece, name)


def _plain(_running: Running, piece: Piece, item: Item, _known: Dates, name: str) -> Line:
    return Line(name, getattr(item, name), getattr(piece, name))


def _text(running: Running, piece: Piece, item: Item, _known: Dates, name: str) -> Line | None:
    words: Words = getattr(piece, name)
    said = {language: str(texts.get(name, "")) for language, texts in item.words.items() if isinstance(texts, dict)}
    if all(words.get(language, "") == text for language, text in said.items()):
        return None
    return Line(name, item.text(name, running.language), best(words, running.language, *running.new.languages))


def _due(running: Running, piece: Piece, item: Item, known: Dates, name: str) -> Line:
    before = running.old.item(piece.key)
    counts = before.due if before and before.due and (before.due.item or before.due.stage) else None
    return Line(name, item.due_on or counts, known.due.get(piece.key) or piece.due)


def _spec(_running: Running, piece: Piece, item: Item, _known: Dates, name: str) -> Line:
    if not piece.kind.is_decision:
        return Line(name, dict(item.spec), dict(piece.spec))
    differ = [part for part in {**item.spec, **piece.spec} if item.spec.get(part) != piece.spec.get(part)]
    before, after = ({part: spec[part] for part in differ if part in spec} for spec in (item.spec, piece.spec))
    return Line(name, before, after, DECIDED)


def _stage(running: Running, piece: Piece, item: Item, _known: Dates, name: str) -> Line:
    wanted = running.milestones.get(getattr(piece, name))
    id_now = item.milestone_id if name == "stage" else item.holds_up_id
    now = next((row for row in running.milestones.values() if row.id == id_now), None)
    titled: Callable[[Milestone | None], str] = lambda row: row.title(running.language) if row else ""  # noqa: E731
    stage = running.new.stage(getattr(piece, name))
    return Line(name, titled(now), titled(wanted) or (best(stage.name, running.language) if stage else ""))


def _questions(running: Running, piece: Piece, item: Item, _known: Dates, name: str) -> Line | None:
    if item.questionnaire_version_id == running.versions.get(piece.questionnaire):
        return None
    old, new = running.old.item(piece.key), running.new.definition(piece)
    definition = running.old.definition(old) if old else None
    return Line(name, len(definition.asked) if definition else 0, len(new.asked) if new else 0)


def _needs(running: Running, piece: Piece, _item: Item, _known: Dates, name: str) -> Line:
    titles = (running.new.item(need.item) for need in piece.needs)
    return Line(name, "", ", ".join(best(other.title, running.language) for other in titles if other))


_TELL = {
    "title": _text,
    "why": _text,
    "help": _text,
    "due": _due,
    "spec": _spec,
    "stage": _stage,
    "holds_up": _stage,
    "questionnaire": _questions,
    "needs": _needs,
}
