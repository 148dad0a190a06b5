"""A template's own questionnaires: edited where all questionnaires are, with the template's draft as the one truth, and published as
versions that items can ask with, each text once, found again by its fingerprint."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid4

from sqlalchemy import func, select

from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kinds.plans import draft_steps
from portal.models.definition import editing as definitions
from portal.models.definition.canonical import dump, sha256
from portal.models.definition.shape import Definition
from portal.models.questionnaires import Questionnaire, QuestionnaireVersion
from portal.models.template import canonical, editing
from portal.models.template.shape import Template
from portal.models.templates import ProjectTemplate


def keep_draft(row: ProjectTemplate, draft: Template, *, goes_on: bool = False) -> None:
    """Write a template's draft as one more change, and bring questionnaires that are being edited up to it."""
    text = canonical.dump(draft)
    if text != row.draft:
        before = row.draft
        draft_steps.change(row, text, goes_on=goes_on)
        _written(row, before)


def walk_draft(row: ProjectTemplate, by: int) -> bool:
    """Undo a change of a template's draft (-1) or do it again (1); False where there is none."""
    before = row.draft
    if not draft_steps.walk(row, by):
        return False
    _written(row, before)
    return True


def carry_back(questionnaire: Questionnaire, definition: Definition) -> None:
    """Write what was edited in a template's questionnaire into the template's draft."""
    if questionnaire.template_id is None:
        return
    row = db.session.get_one(ProjectTemplate, questionnaire.template_id, with_for_update=True, populate_existing=True)
    draft = canonical.parse(row.draft)
    key = questionnaire.key.rpartition(".")[2]
    if key in draft.questionnaires:  # else somebody removed the item in between; undoing that brings the questions back
        keep_draft(row, editing.put_questions(draft, key, definition))


def open_for_editing(row: ProjectTemplate, key: str, *, name: str, first_section: str, language: str) -> Questionnaire:
    """The questionnaire of a template's draft as one that can be edited; an empty one gets its first section."""
    draft = canonical.parse(row.draft)
    definition = draft.questionnaires[key]
    if not definition.sections:
        definition = definitions.add_section(definition, title=first_section, language=language)
        keep_draft(row, editing.put_questions(draft, key, definition))
    home = _homes(row, {key: definition})[key]
    home.name = name[:120]
    _bring_up(row, {key: definition})
    return home


def _written(row: ProjectTemplate, before: str) -> None:
    """What follows from another draft: its revision, and its questionnaires where they are being edited."""
    was, now_is = canonical.parse(before), canonical.parse(row.draft)
    row.rev, row.saved_at = row.rev + 1, now()
    _bring_up(row, {key: one for key, one in now_is.questionnaires.items() if was.questionnaires.get(key) != one})


def _bring_up(row: ProjectTemplate, changed: Mapping[str, Definition]) -> None:
    wanted = {_own_key(row, key): dump(definition) for key, definition in changed.items()}
    homes = db.session.scalars(select(Questionnaire).where(Questionnaire.key.in_(sorted(wanted)))).all() if wanted else []
    for home in homes:
        if home.draft != wanted[home.key]:
            home.draft, home.before, home.rev = wanted[home.key], None, home.rev + 1


def _own_key(row: ProjectTemplate, key: str) -> str:
    return f"{row.id.hex[:16]}.{key}"


def publish_questionnaires(template: Template, row: ProjectTemplate) -> None:
    """Make sure that every questionnaire of a template is there as a version; part of publishing the template."""
    there = questionnaire_versions(template)
    missing = {key: definition for key, definition in template.questionnaires.items() if key not in there}
    homes = _homes(row, missing)
    numbers = _numbers([home.id for home in homes.values()])
    for key, definition in missing.items():
        home = homes[key]
        home.draft, home.rev = dump(definition), home.rev + 1
        numbers[home.id] = numbers.get(home.id, 0) + 1
        version = QuestionnaireVersion(id=uuid4(), questionnaire_id=home.id, n=numbers[home.id], definition=dump(definition))
        version.sha256, version.published_at = sha256(definition), now()
        db.session.add(version)
    db.session.flush()


def questionnaire_versions(template: Template) -> dict[str, UUID]:
    """The published version of each of a template's questionnaires, by its key in the template."""
    digests = {key: sha256(definition) for key, definition in template.questionnaires.items()}
    query = select(QuestionnaireVersion.sha256, QuestionnaireVersion.id).where(
        QuestionnaireVersion.sha256.in_(sorted(set(digests.values())))
    )
    known: dict[str, UUID] = {row.sha256: row.id for row in db.session.execute(query.order_by(QuestionnaireVersion.id))} if digests else {}
    return {key: known[digest] for key, digest in digests.items() if digest in known}


def _homes(row: ProjectTemplate, missing: Mapping[str, object]) -> dict[str, Questionnaire]:
    """The questionnaires that hold a template's versions; they stand on no shelf of their own."""
    wanted = {_own_key(row, key): key for key in missing}
    found = db.session.scalars(select(Questionnaire).where(Questionnaire.key.in_(sorted(wanted)))).all() if wanted else []
    homes = {wanted[one.key]: one for one in found}
    for own, key in wanted.items():
        if key not in homes:
            homes[key] = Questionnaire(id=uuid4(), key=own, name=row.name, draft="", rev=0, template_id=row.id)
            db.session.add(homes[key])
    db.session.flush()
    return homes


def _numbers(ids: list[UUID]) -> dict[UUID, int]:
    query = select(QuestionnaireVersion.questionnaire_id, func.max(QuestionnaireVersion.n)).where(
        QuestionnaireVersion.questionnaire_id.in_(ids)
    )
    return {row[0]: row[1] for row in db.session.execute(query.group_by(QuestionnaireVersion.questionnaire_id))} if ids else {}
