"""Reads a template from plain data. Every part is read that can be, and what is wrong is remembered, so that one look shows everything."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from typing import TypeVar

from portal.kernel.refusal import N_
from portal.kernel.words import best
from portal.models.definition import canonical as definitions
from portal.models.definition.plain import KEY, PlainReader, is_sound, named
from portal.models.definition.shape import Definition
from portal.models.item_states import ItemKind
from portal.models.template.problems import Problem
from portal.models.template.shape import FORMAT, ITEM, STAGE, Is, Need, Piece, Role, Stage, Template, When
from portal.models.turns import Part

MOST_DAYS = 2000
AFTER = re.compile(rf"(?:{ITEM}|{STAGE}){KEY.pattern}")
Thing = TypeVar("Thing")


class TemplateReader(PlainReader):
    """Reads one template."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.place, self.part = "", ""

    def template(self, data: object) -> Template:
        """The whole of it, with defaults where something is wrong."""
        parts = self._parts(data, {part.name for part in fields(Template)})
        if parts.get("format") != FORMAT:
            self._wrong(N_("This template has the format “%(found)s”; we read format 1."), found=parts.get("format", ""))
        return Template(
            name=self._words(parts.get("name"), "name"),
            summary=self._words(parts.get("summary"), "summary"),
            languages=tuple(self._list(parts.get("languages", ["en"]), "languages", self._text)),
            milestones=tuple(self._each(parts.get("milestones", []), self._stage, "milestones", "Milestone")),
            items=tuple(self._each(parts.get("items", []), self._piece, "items", "Item")),
            questionnaires=self._questionnaires(parts.get("questionnaires", {})),
            roles=tuple(self._each(parts.get("roles", []), self._role, "roles", "Role")),
            reminders=self._text(parts.get("reminders", ""), "reminders"),
        )

    def _stage(self, data: object) -> Stage:
        parts = self._parts(data, {part.name for part in fields(Stage)})
        return Stage(
            key=self._stable(parts.get("key")),
            name=self._words(parts.get("name"), "name"),
            starts=self._when(parts.get("starts"), "starts"),
            ends=self._when(parts.get("ends"), "ends"),
        )

    def _role(self, data: object) -> Role:
        parts = self._parts(data, {part.name for part in fields(Role)})
        return Role(
            key=self._stable(parts.get("key")),
            name=self._words(parts.get("name"), "name"),
            part=self._one_of(Part, parts.get("part", Part.DO.value)),
        )

    def _piece(self, data: object) -> Piece:
        parts = self._parts(data, {part.name for part in fields(Piece)})
        return Piece(
            key=self._stable(parts.get("key")),
            kind=self._one_of(ItemKind, parts.get("kind")),
            title=self._words(parts.get("title"), "title"),
            why=self._words(parts.get("why"), "why"),
            help=self._words(parts.get("help"), "help"),
            stage=self._text(parts.get("stage", ""), "stage"),
            holds_up=self._text(parts.get("holds_up", ""), "holds_up"),
            due=self._when(parts.get("due"), "due"),
            minutes=self._whole(parts.get("minutes", 5), "minutes", least=1, most=600),
            lead_days=self._whole(parts.get("lead_days", 1), "lead_days", least=0, most=60),
            required=self._yes_or_no(parts.get("required", True), "required", usual=True),
            needs_review=self._yes_or_no(parts.get("needs_review", True), "needs_review", usual=True),
            spec=self._spec(parts.get("spec", {})),
            questionnaire=self._text(parts.get("questionnaire", ""), "questionnaire"),
            roles=tuple(self._list(parts.get("roles", []), "roles", self._text)),
            needs=tuple(self._list(parts.get("needs", []), "needs", self._need)),
            reminders=self._text(parts.get("reminders", ""), "reminders"),
        )

    def _need(self, data: object, _part: str) -> Need:
        parts = self._parts(data, {"item", "is", "question", "value", "why"})
        return Need(
            item=self._stable(parts.get("item")),
            is_=self._one_of(Is, parts.get("is", Is.ACCEPTED.value)),
            question=self._text(parts.get("question", ""), "question"),
            value=self._text(parts.get("value", ""), "value"),
            why=self._words(parts.get("why"), "why"),
        )

    def _when(self, data: object, part: str) -> When | None:
        if data is None:
            return None
        parts = self._parts(data, {"after", "days"})
        after = self._text(parts.get("after", ""), part)
        if after and not AFTER.fullmatch(after):
            self._wrong(N_("%(place)s: “%(part)s” counts from “item:…” or “stage:…”, not from “%(found)s”."), part=part, found=after)
            after = ""
        return When(after=after, days=self._whole(parts.get("days", 0), part, least=-MOST_DAYS, most=MOST_DAYS))

    def _spec(self, data: object) -> dict[str, object]:
        if isinstance(data, dict) and all(isinstance(name, str) and name.isascii() for name in data) and _is_plain(data):
            return dict(data)
        self._wrong(N_("%(place)s: “%(part)s” holds named texts, whole numbers and lists."), part="spec")
        return {}

    def _questionnaires(self, data: object) -> dict[str, Definition]:
        self.place, self.part = "", "questionnaires"
        found: dict[str, Definition] = {}
        for key, definition in (self._parts(data, data) if isinstance(data, dict) else self._parts(data, ())).items():
            self.place, self.part = f"Questionnaire “{key}”", f"questionnaires.{key}"
            found[self._stable(key)] = self._definition(definition)
        self.place, self.part = "", ""
        return found

    def _definition(self, data: object) -> Definition:
        try:
            return definitions.from_data(data)
        except definitions.BadDefinition as bad:
            for one in bad.problems:
                values = {"place": self.place, "problem": str(one)}
                self.problems.append(Problem(N_("%(place)s: %(problem)s"), values, self.part, one.question))
            return Definition()

    def _each(self, data: object, read: Callable[[object], Thing], part: str, noun: str) -> list[Thing]:
        """Read a list whose members have names of their own, which messages then use."""
        found = []
        for number, one in enumerate(self._list(data, part, lambda one, _part: one), start=1):
            self.place, self.part = f"{noun} {_name(one, number)}", f"{part}.{_key(one, number)}"
            found.append(read(one))
        self.place, self.part = "", ""
        return found

    def _list(self, data: object, part: str, read: Callable[[object, str], Thing]) -> list[Thing]:
        if isinstance(data, (list, tuple)):
            return [read(one, part) for one in data]
        self._wrong(N_("%(place)s: “%(part)s” must be a list."), part=part)
        return []

    def _whole(self, data: object, part: str, *, least: int, most: int) -> int:
        if isinstance(data, int) and not isinstance(data, bool) and least <= data <= most:
            return data
        self._wrong(
            N_("%(place)s: “%(part)s” must be a whole number from %(least)s to %(most)s, not “%(found)s”."),
            part=part,
            least=least,
            most=most,
            found=data,
        )
        return least if least > 0 else 0

    def _wrong(self, message: str, **values: object) -> None:
        self.problems.append(Problem(message, {"place": self.place or "The template", **named(values)}, self.part))


def _name(data: object, number: int) -> str:
    words = (data.get("title") or data.get("name")) if isinstance(data, dict) else None
    said = best(words) if isinstance(words, dict) and all(isinstance(text, str) for text in words.values()) else ""
    return f"“{said}”" if said else str(number)


def _key(data: object, number: int) -> str:
    key = data.get("key") if isinstance(data, dict) else None
    return key if isinstance(key, str) else str(number)


def _is_plain(data: object) -> bool:
    if isinstance(data, dict):
        return all(isinstance(name, str) and name.isascii() and _is_plain(part) for name, part in data.items())
    if isinstance(data, (list, tuple)):
        return all(map(_is_plain, data))
    return isinstance(data, (bool, int)) or is_sound(data)
