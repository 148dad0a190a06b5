"""Published templates and the languages a firm speaks: what starting, publishing and the lists share."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from sqlalchemy import func, select

from portal.kernel.db import db
from portal.models.clients import Client
from portal.models.people import the_firm
from portal.models.projects import Project
from portal.models.template.canonical import parse
from portal.models.template.shape import Template
from portal.models.templates import ProjectTemplate, TemplateVersion
from portal.storage.checks import FAMILY_LABELS

FILE_TYPES = tuple(family.value for family in FAMILY_LABELS)


@lru_cache(maxsize=64)
def read_template(document: str) -> Template:
    """A published template; they never change, so each is read once."""
    return parse(document)


def published_templates() -> list[tuple[ProjectTemplate, TemplateVersion]]:
    """What projects can start from: the latest version of every template that is not archived, by name."""
    newest = select(func.max(TemplateVersion.n)).where(TemplateVersion.template_id == ProjectTemplate.id)
    query = select(ProjectTemplate, TemplateVersion).join(TemplateVersion, TemplateVersion.template_id == ProjectTemplate.id)
    query = query.where(ProjectTemplate.archived_at.is_(None), TemplateVersion.n == newest.correlate(ProjectTemplate).scalar_subquery())
    rows = db.session.execute(query.order_by(func.lower(ProjectTemplate.name), ProjectTemplate.id))
    return [(template, version) for template, version in rows]


def latest_version(template_id: UUID) -> TemplateVersion | None:
    """The version projects start from."""
    query = select(TemplateVersion).where(TemplateVersion.template_id == template_id)
    return db.session.scalar(query.order_by(TemplateVersion.n.desc()).limit(1))


def newer_version(project: Project) -> TemplateVersion | None:
    """The version a project could take changes from; None when it began from no template, or has the latest."""
    own = db.session.get(TemplateVersion, project.template_version_id) if project.template_version_id else None
    latest = latest_version(own.template_id) if own else None
    return latest if own and latest and latest.n > own.n else None


def last_used() -> UUID | None:
    """The template the newest project started from."""
    query = select(TemplateVersion.template_id).join(Project, Project.template_version_id == TemplateVersion.id)
    return db.session.scalar(query.order_by(Project.created_at.desc(), Project.id).limit(1))


def languages_in_use() -> frozenset[str]:
    """What the firm offers and what its clients read."""
    firm = the_firm()
    theirs = db.session.scalars(select(Client.language).where(Client.archived_at.is_(None)).distinct())
    return frozenset({*theirs, *firm.languages, firm.language})


def held_for(template: Template) -> tuple[str, ...]:
    """The languages a template must be whole in before it is published: those it offers that somebody reads, else its first."""
    used = languages_in_use()
    return tuple(language for language in template.languages if language in used) or template.languages[:1] or ("en",)
