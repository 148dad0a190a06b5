"""Reads about the firm's templates: the list, what is published, and what a draft still lacks."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from portal.kernel.db import db
from portal.kinds.plans.templates import FILE_TYPES, held_for, read_template
from portal.models.clients import Client
from portal.models.drafts import Shelf, Shelved
from portal.models.projects import Project
from portal.models.template import publishing
from portal.models.template.canonical import parse, sha256
from portal.models.template.comparing import Change, changes
from portal.models.template.problems import Problem
from portal.models.template.shape import Template
from portal.models.templates import ProjectTemplate, TemplateVersion

OnShelf = Shelved[ProjectTemplate, TemplateVersion, Template]
SHELF = Shelf(
    ProjectTemplate, TemplateVersion, whose=TemplateVersion.template_id, used_by=Project.template_version_id, parse=parse, sha256=sha256
)


def lacks(draft: Template) -> list[Problem]:
    """Everything that keeps a draft from being published now."""
    return publishing.problems(draft, held_for(draft), file_types=FILE_TYPES)


def read_by_clients() -> dict[str, int]:
    """How many of the firm's clients read each language."""
    query = select(Client.language, func.count(Client.id)).where(Client.archived_at.is_(None)).group_by(Client.language)
    return {row[0]: row[1] for row in db.session.execute(query)}


@dataclass(frozen=True)
class Edition:
    """One published version, how many projects started from it, and what it changed from the one before."""

    version: TemplateVersion
    used: int
    changes: list[Change]


def versions(template_id: UUID, *, most: int = 50) -> list[Edition]:
    """The published versions, the latest first."""
    used = select(func.count(Project.id)).where(Project.template_version_id == TemplateVersion.id).correlate(TemplateVersion)
    query = select(TemplateVersion, used.scalar_subquery()).where(TemplateVersion.template_id == template_id)
    rows = [(version, int(count)) for version, count in db.session.execute(query.order_by(TemplateVersion.n.desc()).limit(most + 1))]
    documents = [read_template(version.document) for version, _ in rows]
    olds = [*documents[1:], None][: len(rows)]
    found = [Edition(v, n, changes(old, new) if old else []) for (v, n), new, old in zip(rows, documents, olds, strict=True)]
    return found[:most]
