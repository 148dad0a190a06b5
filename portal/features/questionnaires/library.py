"""Reads about the firm's questionnaires: the list, what is published, and what a draft still lacks."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, and_, func, select

from portal.kernel.db import db
from portal.models.definition import publishing
from portal.models.definition.canonical import Problem, parse, sha256
from portal.models.definition.shape import Definition
from portal.models.items import Item
from portal.models.questionnaires import Questionnaire, QuestionnaireVersion


@dataclass(frozen=True)
class Shelved:
    """One questionnaire of the firm: its draft, the version clients get, and how many items ask with it."""

    questionnaire: Questionnaire
    latest: QuestionnaireVersion | None
    used: int

    @property
    def draft(self) -> Definition:
        """What is being written."""
        return parse(self.questionnaire.draft)

    @property
    def changed(self) -> bool:
        """Whether the draft differs from what clients get."""
        return self.latest is None or self.latest.sha256 != sha256(self.draft)


def shelf(*, archived: bool = False) -> list[Shelved]:
    """The firm's questionnaires by name."""
    put_away = Questionnaire.archived_at.is_not(None) if archived else Questionnaire.archived_at.is_(None)
    own = Questionnaire.template_id.is_(None)
    rows = db.session.execute(_shelved().where(own, put_away).order_by(func.lower(Questionnaire.name), Questionnaire.id))
    return [Shelved(one, version, int(used)) for one, version, used in rows]


def shelved(questionnaire: Questionnaire) -> Shelved:
    """One questionnaire with what is published of it."""
    one, version, used = db.session.execute(_shelved().where(Questionnaire.id == questionnaire.id)).one()
    return Shelved(one, version, int(used))


def archived_count() -> int:
    """How many are put away."""
    own = Questionnaire.template_id.is_(None)
    return int(db.session.scalar(select(func.count(Questionnaire.id)).where(own, Questionnaire.archived_at.is_not(None))) or 0)


def latest(questionnaire_id: UUID) -> QuestionnaireVersion | None:
    """The version clients get."""
    query = select(QuestionnaireVersion).where(QuestionnaireVersion.questionnaire_id == questionnaire_id)
    return db.session.scalar(query.order_by(QuestionnaireVersion.n.desc()).limit(1))


def lacks(draft: Definition, *, language: str) -> dict[str, Problem]:
    """The first thing each question or section still lacks, by key."""
    found: dict[str, Problem] = {}
    for problem in publishing.problems(draft, languages=(language,)):
        found.setdefault(problem.question or problem.section, problem)
    return found


def _shelved() -> Select[Questionnaire, QuestionnaireVersion, int]:
    mine = QuestionnaireVersion.questionnaire_id == Questionnaire.id
    newest = select(func.max(QuestionnaireVersion.n)).where(mine).correlate(Questionnaire).scalar_subquery()
    used = select(func.count(Item.id)).join(QuestionnaireVersion, QuestionnaireVersion.id == Item.questionnaire_version_id).where(mine)
    uses = used.correlate(Questionnaire).scalar_subquery()
    return select(Questionnaire, QuestionnaireVersion, uses).outerjoin(QuestionnaireVersion, and_(mine, QuestionnaireVersion.n == newest))
