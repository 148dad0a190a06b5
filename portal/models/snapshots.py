"""What exactly is laid before a client: frozen, written in one spelling, and read back to be shown."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from portal.kernel.evidence import canonical

FORMAT = 1
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
class Snapshot:
    """A version as it was frozen. Text is plain; `markup` is written down so that later spellings can be told apart."""

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
    rule: str
    deciders: tuple[UUID, ...]

    def written(self) -> str:
        """The one spelling that is kept and hashed."""
        return canonical(
            {
                "format": FORMAT,
                "kind": self.kind,
                "client": str(self.client),
                "project": str(self.project),
                "item": str(self.item),
                "n": self.n,
                "title": self.title,
                "text": self.text,
                "markup": "plain",
                "changed": self.changed,
                "statement": asdict(self.statement) if self.statement else None,
                "files": [asdict(file) | {"id": str(file.id)} for file in self.files],
                "presented_by": str(self.presented_by),
                "at": self.at,
                "due_on": self.due_on,
                "language": self.language,
                "deciders": {"rule": self.rule, "people": [str(person) for person in self.deciders]},
            }
        )

    @classmethod
    def read(cls, text: str) -> Snapshot:
        """A frozen version from its text."""
        told: dict[str, Any] = json.loads(text)
        if told["format"] != FORMAT:
            raise ValueError(f"a snapshot of format {told['format']!r}")
        return cls(
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
            rule=told["deciders"]["rule"],
            deciders=tuple(UUID(person) for person in told["deciders"]["people"]),
        )

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
