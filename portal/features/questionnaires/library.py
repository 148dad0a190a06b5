"""The firm's questionnaires with what is published of them, and what a draft still lacks."""

from __future__ import annotations

from portal.models.definition import publishing
from portal.models.definition.canonical import Problem, parse, sha256
from portal.models.definition.shape import Definition
from portal.models.drafts import Shelf
from portal.models.items import Item
from portal.models.questionnaires import Questionnaire, QuestionnaireVersion

SHELF = Shelf(
    Questionnaire,
    QuestionnaireVersion,
    whose=QuestionnaireVersion.questionnaire_id,
    used_by=Item.questionnaire_version_id,
    parse=parse,
    sha256=sha256,
    only=Questionnaire.template_id.is_(None),
)


def lacks(draft: Definition, *, language: str) -> dict[str, Problem]:
    """The first thing each question or section still lacks, by key."""
    found: dict[str, Problem] = {}
    for problem in publishing.problems(draft, languages=(language,)):
        found.setdefault(problem.question or problem.section, problem)
    return found
