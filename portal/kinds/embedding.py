"""A template's own questionnaires, published as versions that items can ask with: each text once, found again by its fingerprint."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid4

from sqlalchemy import func, select

from portal.kernel.clock import now
from portal.kernel.db import db
from portal.models.definition.canonical import dump, sha256
from portal.models.questionnaires import Questionnaire, QuestionnaireVersion
from portal.models.template.shape import Template
from portal.models.templates import ProjectTemplate


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
    wanted = {f"{row.id.hex[:16]}.{key}": key for key in missing}
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
