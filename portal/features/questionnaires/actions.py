"""Writes about answers. Each answer has a revision: whoever saves on an older one is told, and nothing is overwritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast
from uuid import uuid4

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds import life, reading
from portal.kinds.questionnaires import answer_rows, definition_of
from portal.models.definition.answering import Wrong, read
from portal.models.definition.rules import visible
from portal.models.definition.shape import Value
from portal.models.item_states import WITH_CLIENT
from portal.models.items import Item
from portal.models.questionnaires import Answer, AnswerChange


class Overtaken(Refused):
    """Somebody else saved this answer in between; carries what stands."""

    def __init__(self, standing: Answer | None, key: str) -> None:
        super().__init__(N_("This was answered elsewhere in the meantime. Both texts are here: keep the one you want."), field=key)
        self.standing = standing


@action
def save_answer(item: Item, key: str, raw: Sequence[str], *, rev: int, language: str, by: Viewer) -> Answer | None:
    """Save one answer based on the revision the person saw; raises Wrong or Overtaken. None when there was and is nothing."""
    _may_answer(item, by=by)
    question = definition_of(item).question(key)
    if question is None:
        raise Refused(N_("This question is not part of the questionnaire any more. Please reload the page."))
    value = read(question, raw, language=language)
    standing = answer_rows(item.id).get(key)
    return _store(item, key, value, standing, rev=rev, by=by)


@action
def save_section(item: Item, typed: Mapping[str, tuple[Sequence[str], int]], *, language: str, by: Viewer) -> None:
    """Save what a whole section's form brought, all or nothing; raises Several with every problem."""
    _may_answer(item, by=by)
    definition, standing = definition_of(item), answer_rows(item.id)
    problems: list[Refused] = []
    for key, (raw, rev) in typed.items():
        question = definition.question(key)
        if question is None:
            continue
        try:
            _store(item, key, read(question, raw, language=language), standing.get(key), rev=rev, by=by)
        except (Wrong, Overtaken) as problem:
            problems.append(problem)
    shown = visible(definition, {key: cast("Value | None", row.value) for key, row in answer_rows(item.id).items()})
    problems = [problem for problem in problems if problem.field in shown]
    if problems:
        raise Several(problems)


class Several(Refused):
    """More than one answer needs a look."""

    def __init__(self, problems: Sequence[Refused]) -> None:
        super().__init__(N_("Some answers need a look."), status=422)
        self.problems = list(problems)


@action
def send(item: Item, *, by: Viewer) -> None:
    """Hand the answers over."""
    life.hand_over(item, by=by)


def _may_answer(item: Item, *, by: Viewer) -> None:
    require(reading.can_work(by, item))
    reading.need_running(item)
    if item.state not in WITH_CLIENT:
        raise Refused(N_("This has been sent already. Take it back first if you want to change it."))


def _store(item: Item, key: str, value: Value | None, standing: Answer | None, *, rev: int, by: Viewer) -> Answer | None:
    current = standing.value if standing else None
    if value == current:
        return standing
    if rev != (standing.rev if standing else 0):
        raise Overtaken(standing, key)
    if by.person_id is None:
        raise Refused(N_("Sign in to answer."))
    if standing is None:
        standing = Answer(client_id=item.client_id, item_id=item.id, question_key=key, row_key="", rev=0, by_id=by.person_id, at=now())
        db.session.add(standing)
    standing.value, standing.rev, standing.by_id, standing.at = value, standing.rev + 1, by.person_id, now()
    db.session.add(
        AnswerChange(
            id=uuid4(),
            client_id=item.client_id,
            item_id=item.id,
            question_key=key,
            row_key="",
            rev=standing.rev,
            value=value,
            by_id=by.person_id,
            at=now(),
        )
    )
    db.session.flush()
    life.start(item, by=by)
    return standing
