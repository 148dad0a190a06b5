"""Writes about templates in the making. Whoever saves on an older draft is told, and nothing is overwritten.

What is recorded: making, publishing, putting away and bringing back. Edits of a draft are not: they change what nobody owes or
knows, and the version that comes of them is kept word for word under the hash that publishing records."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Audience, Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kernel.words import best
from portal.kinds.plans import embedding
from portal.kinds.plans.templates import FILE_TYPES, held_for, latest_version
from portal.models import may
from portal.models.definition.editing import new_key
from portal.models.template import publishing
from portal.models.template.canonical import dump, parse, sha256
from portal.models.template.problems import Problem
from portal.models.template.shape import Template
from portal.models.templates import ProjectTemplate, TemplateVersion


class Changed(Refused):
    """Somebody else saved the draft in between; what they wrote stands."""

    def __init__(self) -> None:
        super().__init__(N_("Somebody else changed this template in the meantime. Look at it as it is now, then try again."))


class NotReady(Refused):
    """The draft cannot go out yet; carries everything that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(N_("This cannot be published yet."), status=422)
        self.problems = list(problems)


@action
def create(template_id: UUID, name: str, *, language: str, by: Viewer, draft: Template | None = None, key: str = "") -> ProjectTemplate:
    """A new template, empty or with a draft that was brought along; `key` is its name across installations."""
    require(may.write_templates(by))
    draft = draft or Template(name={language: name.strip()}, languages=(language,))
    row = ProjectTemplate(id=template_id, key=key or new_key("t"), name=name.strip(), draft=dump(draft), rev=1, saved_at=now())
    db.session.add(row)
    db.session.flush()
    record(Kind.TEMPLATE_CREATED, row, by=by, audience=Audience.INTERNAL, detail={"name": row.name})
    return row


@action
def rename(template: ProjectTemplate, name: str, *, by: Viewer) -> None:
    """Another name for the firm's own lists."""
    require(may.write_templates(by))
    template.name = name.strip()


@action
def save(template: ProjectTemplate, draft: Template, *, rev: int, goes_on: bool = False, by: Viewer) -> int:
    """Keep a draft that was made from revision `rev`; the new revision. Raises Changed when somebody else saved since.

    What `goes_on` is undone together with the change before."""
    require(may.write_templates(by))
    _same(template, rev)
    embedding.keep_draft(template, draft, goes_on=goes_on)
    return template.rev


@action
def walk(template: ProjectTemplate, way: str, *, rev: int, by: Viewer) -> int:
    """Undo the last change, or redo what was undone last, with the name that goes with it; the new revision."""
    require(may.write_templates(by))
    _same(template, rev)
    before = parse(template.draft).name
    if not embedding.walk_draft(template, -1 if way == "undo" else 1):
        raise Refused(N_("There is nothing to undo.") if way == "undo" else N_("There is nothing to do again."))
    draft = parse(template.draft)
    if draft.name != before:
        rename(template, best(draft.name, *draft.languages) or template.name, by=by)
    return template.rev


@action
def publish(template: ProjectTemplate, *, rev: int, by: Viewer) -> int:
    """Make the draft the version projects start from; its number. Held only for languages in use; raises NotReady."""
    require(may.write_templates(by))
    if template.archived_at:
        raise Refused(N_("This template is archived. Bring it back first."))
    _same(template, rev)
    draft = parse(template.draft)
    problems = publishing.problems(draft, held_for(draft), file_types=FILE_TYPES)
    if problems:
        raise NotReady(problems)
    latest, digest = latest_version(template.id), sha256(draft)
    if latest and latest.sha256 == digest:
        raise Refused(N_("Nothing has changed since version %(n)s."), n=latest.n)
    version = TemplateVersion(id=uuid4(), template_id=template.id, n=latest.n + 1 if latest else 1, document=dump(draft), sha256=digest)
    version.published_at = now()
    db.session.add(version)
    embedding.publish_questionnaires(draft, template)
    facts = {"template": template.id, "n": version.n, "sha256": digest}
    record(Kind.TEMPLATE_PUBLISHED, version, by=by, audience=Audience.INTERNAL, detail={"name": best(draft.name) or template.name}, **facts)
    return version.n


@action
def archive(template: ProjectTemplate, *, by: Viewer) -> None:
    """Offer it no longer; projects that came of it go on."""
    require(may.write_templates(by))
    if template.archived_at is None:
        template.archived_at = now()
        record(Kind.TEMPLATE_ARCHIVED, template, by=by, audience=Audience.INTERNAL, detail={"name": template.name})


@action
def restore(template: ProjectTemplate, *, by: Viewer) -> None:
    """Offer it again."""
    require(may.write_templates(by))
    if template.archived_at:
        template.archived_at = None
        record(Kind.TEMPLATE_RESTORED, template, by=by, audience=Audience.INTERNAL, detail={"name": template.name})


def _same(template: ProjectTemplate, rev: int) -> None:
    if template.rev != rev:
        raise Changed
