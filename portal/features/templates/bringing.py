"""Templates that come from a file: looked at before they are kept, kept as a draft, or taken from the shipped ones ready to use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from portal.features.templates import actions
from portal.features.templates.queries import lacks
from portal.features.templates.shipped import Shipped, copies
from portal.kernel.action import action
from portal.kernel.viewer import Viewer
from portal.kernel.words import best
from portal.models.definition.editing import set_parts
from portal.models.definition.shape import Type
from portal.models.template import canonical
from portal.models.template.editing import put_questions
from portal.models.template.file.faults import BadFile, Fault
from portal.models.template.file.yaml_file import read
from portal.models.template.publishing import gaps
from portal.models.template.shape import Template
from portal.models.templates import ProjectTemplate

LONGEST_NAME = 120


@dataclass(frozen=True)
class Looked:
    """What a file would become, and what is wrong: `faults` keep it from being read, `lacks` only from being published."""

    template: Template | None
    faults: Sequence[Fault] = ()
    lacks: Sequence[Fault] = ()

    @property
    def missing(self) -> dict[str, int]:
        """How many texts each of its languages lacks."""
        return {language: len(gaps(self.template, language)) for language in self.template.languages} if self.template else {}


def look(text: str) -> Looked:
    """Read a file without keeping anything."""
    try:
        file = read(text)
    except BadFile as bad:
        return Looked(None, bad.faults)
    return Looked(file.template, (), file.placed(lacks(file.template)))


@action
def bring(template: Template, *, into: ProjectTemplate | None, by: Viewer) -> ProjectTemplate:
    """Keep a template that was read from a file: as a new draft, or as the draft of one the firm has (which Undo brings back)."""
    if into is not None:
        actions.save(into, with_pictures_of(canonical.parse(into.draft), template), rev=into.rev, by=by)
        return into
    language = template.languages[0] if template.languages else "en"
    return actions.create(uuid4(), name_of(template), language=language, draft=template, by=by)


@action
def take(book: Shipped, *, language: str, by: Viewer) -> ProjectTemplate:
    """The firm's own copy of a shipped template, published so that projects can begin; the one there is, when there is one."""
    known = copies().get(book.key)
    if known is not None:
        actions.restore(known, by=by)
        return known
    row = actions.create(uuid4(), name_of(book.template, language), language=language, draft=book.template, key=book.key, by=by)
    if not lacks(book.template):
        actions.publish(row, rev=row.rev, by=by)
    return row


def with_pictures_of(before: Template, template: Template) -> Template:
    """A template from a file, its notes with the pictures they have in the one whose place it takes: files carry none."""
    for name, definition in template.questionnaires.items():
        known = before.questionnaires.get(name)
        for note in [one for one in definition.questions if one.type is Type.NOTE and not one.picture]:
            had = known.question(note.key) if known else None
            if had and had.picture and had.type is Type.NOTE:
                definition = set_parts(definition, note.key, {"picture": had.picture, "alt": note.alt or had.alt})
        template = put_questions(template, name, definition)
    return template


def name_of(template: Template, *languages: str) -> str:
    """What the firm's own list calls it."""
    return (best(template.name, *languages, *template.languages).strip() or "Template")[:LONGEST_NAME]
