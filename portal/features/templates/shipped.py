"""The templates that come with the portal: files to start with, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select

from portal.kernel.db import db
from portal.kernel.refusal import NotFound
from portal.models.template.file.yaml_file import read
from portal.models.template.shape import Template
from portal.models.templates import ProjectTemplate

FOLDER = Path(__file__).parents[2] / "library"


@dataclass(frozen=True)
class Shipped:
    """One of them; `key` is the file's name, and the key the firm's own copy carries."""

    key: str
    template: Template


@lru_cache(maxsize=1)
def shipped() -> tuple[Shipped, ...]:
    """All of them, by key."""
    return tuple(Shipped(path.stem, read(path.read_text("utf-8")).template) for path in sorted(FOLDER.glob("*.yaml")))


def one(key: str) -> Shipped:
    """The one with this key; raises NotFound."""
    found = next((book for book in shipped() if book.key == key), None)
    if found is None:
        raise NotFound
    return found


def copies() -> dict[str, ProjectTemplate]:
    """The firm's own copies of them, by key."""
    keys = [book.key for book in shipped()]
    return {row.key: row for row in db.session.scalars(select(ProjectTemplate).where(ProjectTemplate.key.in_(keys)))}
