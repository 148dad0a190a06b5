"""What exactly is laid before a client: frozen, written in one spelling, and read back to be shown."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from portal.kernel.evidence import canonical
from portal.kernel.markdown import as_text

FORMAT = 2
READABLE = (1, 2)
LATE_MOVES = "late-1"
"""The rule about dates: what it says stands in components/effects.txt. Words that mean something else get another name."""
PICTURES = frozenset(f"image/{kind}" for kind in ("png", "jpeg", "gif", "webp", "heic", "avif", "tiff", "bmp"))


@dataclass(frozen=True)
class FrozenFile:
    """A file of a version; `alt` says what a picture shows."""

    id: UUID
    name: str
    bytes: int
    sha256: str
    type: str
    alt: str = ""

    @property
    def is_picture(self) -> bool:
        """Whether pages can show it."""
        return self.type in PICTURES


@dataclass(frozen=True)
class Statement:
    """What a confirmation asks about: we assume this, because of that; if it is wrong, it costs so much."""

    assume: str
    because: str = ""
    cost: str = ""


@dataclass(frozen=True)
class Link:
    """An address elsewhere that belongs to a version, and what it is."""

    label: str
    address: str


@dataclass(frozen=True)
class Money:
    """What a version changes about the price: how much more (or, below zero, less), and in which currency."""

    amount: str
    currency: str


@dataclass(frozen=True)
class Moved:
    """What a version changes about the plan: the day it was, and the day it is now."""

    was: str
    now: str


@dataclass(frozen=True)
class Scope:
    """What is agreed for a project: what is in it, what is not, rounds of changes for each thing we present, budget, and days.

    `dates` names the rule by which planned dates move when something comes late; empty where none was agreed.
    """

    inside: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    rounds: int | None = None
    budget: Money | None = None
    starts_on: str = ""
    ends_on: str = ""
    dates: str = ""


@dataclass(frozen=True)
class Change:
    """What a change request changes about that: why, what comes in, what goes out, and by how many working days the end moves.

    `budget` and `ends_on` say what budget and end come to with it, by what was agreed when it was presented."""

    why: str = ""
    adds: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    days: int = 0
    budget: Money | None = None
    ends_on: str = ""

    def written(self) -> dict[str, object]:
        """What is kept of it; those that were frozen before they said what they come to are spelled as they were."""
        return {name: part for name, part in asdict(self).items() if part or name not in ("budget", "ends_on")}


@dataclass(frozen=True)
class Deciding:
    """Who decides (how many of how many), until which moment, how many rounds were agreed, and whether it needs a fresh proof."""

    rule: str
    people: tuple[UUID, ...]
    need: int | None = None
    until: str = ""
    rounds: int | None = None
    important: bool = False


@dataclass(frozen=True)
class Snapshot:
    """A version as it was frozen. Format 1 held plain text alone; format 2 holds Markdown, links, and the effect on cost and date."""

    kind: str
    client: UUID
    project: UUID
    item: UUID
    n: int
    title: str
    text: str
    changed: str
    statement: Statement | None
    files: tuple[FrozenFile, ...]
    presented_by: UUID
    at: str
    due_on: str
    language: str
    deciding: Deciding
    links: tuple[Link, ...] = ()
    cost: Money | None = None
    moved: Moved | None = None
    scope: Scope | None = None
    change: Change | None = None
    format: int = FORMAT

    def written(self) -> str:
        """The one spelling that is kept and hashed."""
        told: dict[str, object] = {
            "format": self.format,
            "kind": self.kind,
            "client": str(self.client),
            "project": str(self.project),
            "item": str(self.item),
            "n": self.n,
            "title": self.title,
            "text": self.text,
            "markup": self.markup,
            "changed": self.changed,
            "statement": asdict(self.statement) if self.statement else None,
            "files": [asdict(file) | {"id": str(file.id)} for file in self.files],
            "presented_by": str(self.presented_by),
            "at": self.at,
            "due_on": self.due_on,
            "language": self.language,
            "deciders": {"rule": self.deciding.rule, "people": [str(person) for person in self.deciding.people]},
        }
        return canonical(told if self.format == 1 else told | self._since_format_2())

    def _since_format_2(self) -> dict[str, object]:
        asked = self.deciding
        people = {"rule": asked.rule, "people": [str(person) for person in asked.people], "need": asked.need}
        people |= {"important": True} if asked.important else {}
        return {
            "links": [asdict(link) for link in self.links],
            "cost": asdict(self.cost) if self.cost else None,
            "moved": asdict(self.moved) if self.moved else None,
            "deciders": people | {"until": asked.until, "rounds": asked.rounds},
        } | self._agreement()

    def _agreement(self) -> dict[str, object]:
        """What only versions about an agreement have; all others are spelled as they always were."""
        scope = {name: told for name, told in asdict(self.scope).items() if told or name != "dates"} if self.scope else None
        change = self.change.written() if self.change else None
        return {name: part for name, part in (("scope", scope), ("change", change)) if part}

    @classmethod
    def read(cls, text: str) -> Snapshot:
        """A frozen version from its text, in any format there ever was."""
        told: dict[str, Any] = json.loads(text)
        if told["format"] not in READABLE:
            raise ValueError(f"a snapshot of format {told['format']!r}")
        asked = told["deciders"]
        return cls(
            format=told["format"],
            kind=told["kind"],
            client=UUID(told["client"]),
            project=UUID(told["project"]),
            item=UUID(told["item"]),
            n=told["n"],
            title=told["title"],
            text=told["text"],
            changed=told["changed"],
            statement=Statement(**told["statement"]) if told["statement"] else None,
            files=tuple(FrozenFile(**(file | {"id": UUID(file["id"])})) for file in told["files"]),
            presented_by=UUID(told["presented_by"]),
            at=told["at"],
            due_on=told["due_on"],
            language=told["language"],
            deciding=Deciding(**(asked | {"people": tuple(UUID(person) for person in asked["people"])})),
            links=tuple(Link(**link) for link in told.get("links") or ()),
            cost=Money(**told["cost"]) if told.get("cost") else None,
            moved=Moved(**told["moved"]) if told.get("moved") else None,
            scope=_scope(told["scope"]) if told.get("scope") else None,
            change=_change(told["change"]) if told.get("change") else None,
        )

    @property
    def markup(self) -> str:
        """How the text is to be read."""
        return "plain" if self.format == 1 else "markdown"

    @property
    def plain(self) -> str:
        """The text without marks, for mails and for comparing."""
        return self.text if self.format == 1 else as_text(self.text)

    @property
    def pictures(self) -> list[FrozenFile]:
        """The files a page can show."""
        return [file for file in self.files if file.is_picture]

    @property
    def documents(self) -> list[FrozenFile]:
        """The files that can only be fetched."""
        return [file for file in self.files if not file.is_picture]

    @property
    def changes(self) -> list[str]:
        """What changed since the version before, line by line."""
        return [line.strip(" -•*\t") for line in self.changed.splitlines() if line.strip(" -•*\t")]


def _scope(told: dict[str, Any]) -> Scope:
    lists = {name: tuple(told[name]) for name in ("inside", "outside")}
    return Scope(**(told | lists | {"budget": Money(**told["budget"]) if told["budget"] else None}))


def _change(told: dict[str, Any]) -> Change:
    budget = {"budget": Money(**told["budget"])} if told.get("budget") else {}
    return Change(**(told | {name: tuple(told[name]) for name in ("adds", "drops")} | budget))
