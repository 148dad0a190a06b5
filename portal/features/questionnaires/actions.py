"""Writes about answers. Each answer has a revision: whoever saves on an older one is told, and nothing is overwritten.

An answer stands at a spot: a question or, in a table, a question and a row. A row is there once something was typed into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from sqlalchemy import and_, bindparam, func, select

from portal.features.questionnaires.typed_in import ROW, Spot
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.record import Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.scope import STANDING
from portal.kernel.viewer import Viewer
from portal.kinds import life, reading
from portal.kinds.files.kind import files_by_question
from portal.kinds.questionnaires import secrets as secrets_of
from portal.kinds.questionnaires import verdicts
from portal.kinds.questionnaires.kind import Given, answers_of, definition_of, given
from portal.models.definition.answering import Wrong, read, read_row
from portal.models.definition.groups import MOST_ROWS
from portal.models.definition.rules import visible
from portal.models.definition.shape import SEALED, Question, Type, Value
from portal.models.item_states import WITH_CLIENT
from portal.models.items import Item
from portal.models.questionnaires import Answer, AnswerChange, AnswerRow, Source

NOT_ASKED = N_("This question is not part of the questionnaire any more. Please reload the page.")
_ONE_ANSWER = (
    reading.WORK.add_columns(Answer)
    .outerjoin(Answer, and_(Answer.item_id == bindparam("item"), Answer.question_key == bindparam("key"), Answer.row_key == ""))
    .execution_options(**{STANDING: True})
)


class Overtaken(Refused):
    """Somebody else saved this answer in between; carries what stands."""

    row = ""

    def __init__(self, standing: Answer | None, key: str) -> None:
        super().__init__(N_("This was answered elsewhere in the meantime. Both texts are here: keep the one you want."), field=key)
        self.standing = standing


@action
def save_answer(item: Item, key: str, raw: Sequence[str], *, row: str = "", rev: int, language: str, by: Viewer) -> Answer | None:
    """Save one answer based on the revision the person saw; raises Wrong or Overtaken. None when there was and is nothing."""
    work, standing = _at(item, key)
    may_answer(item, key, work=work, by=by)
    question = definition_of(item).question(key)
    if question is None:
        raise Refused(NOT_ASKED)
    standing = given(item.id) if question.type is Type.TABLE else standing
    return _save(item, question, raw, row, standing=standing, rev=rev, language=language, by=by)


@action
def save_section(item: Item, typed: Mapping[Spot, tuple[Sequence[str], int]], *, language: str, by: Viewer) -> None:
    """Save what a whole section's form brought, all or nothing; raises Several with every problem."""
    may_answer(item, *sorted({key for key, _row in typed}), by=by)
    definition, standing = definition_of(item), given(item.id)
    problems: list[Refused] = []
    for (key, row), (raw, rev) in typed.items():
        question = definition.question(key)
        if question is None:
            continue
        try:
            _save(item, question, raw, row, standing=standing, rev=rev, language=language, by=by)
        except (Wrong, Overtaken) as problem:
            problem.row = row
            problems.append(problem)
    shown = visible(definition, answers_of(item.id))
    problems = [problem for problem in problems if problem.field in shown]
    if problems:
        raise Several(problems)


@action
def remove_row(item: Item, key: str, row: str, *, by: Viewer) -> None:
    """Take a row out of a table; what was typed into it is kept aside."""
    may_answer(item, key, by=by)
    verdicts.need_open(item, key)
    there = db.session.get(AnswerRow, (item.id, key, row))
    if there is not None and there.removed_at is None:
        there.removed_at = now()


@action
def remove_file(item: Item, key: str, upload_id: UUID, *, by: Viewer) -> str:
    """Take a file off a question while it has not been handed over; its bytes stay until they are purged."""
    may_answer(item, key, by=by)
    verdicts.need_open(item, key)
    upload = next((file for file in files_by_question([item.id])[item.id].get(key, ()) if file.id == upload_id), None)
    if upload is None:
        raise Refused(N_("This file has been removed already."))
    upload.removed_at = now()
    record(Kind.FILE_REMOVED, upload, by=by, detail={"name": upload.name})
    return upload.name


class Several(Refused):
    """More than one answer needs a look."""

    def __init__(self, problems: Sequence[Refused]) -> None:
        super().__init__(N_("Some answers need a look."), status=422)
        self.problems = list(problems)


@action
def send(item: Item, *, by: Viewer) -> None:
    """Hand the answers over."""
    life.hand_over(item, by=by)
    secrets_of.keep_from_now(item)


def may_answer(item: Item, *keys: str, work: reading.Work | None = None, by: Viewer) -> None:
    """Refuse to take answers from somebody else, or at another time; `work` if that was read already."""
    limits = by.limits(item.id)
    if limits is not None and not limits.issuperset(keys):
        raise Refused(NOT_ASKED)
    reading.need_answerer(item, keys, work=work, by=by)
    if item.state not in WITH_CLIENT:
        raise Refused(N_("This has been sent already. Take it back first if you want to change it."))


def _save(
    item: Item, question: Question, raw: Sequence[str], row: str, *, standing: Given, rev: int, language: str, by: Viewer
) -> Answer | None:
    """Read what was typed for one spot and keep it."""
    key = question.key
    if (question.type is Type.TABLE) is not bool(ROW.fullmatch(row)):
        raise Refused(NOT_ASKED)
    if question.type is Type.TABLE:
        there = standing.rows.get(key, {}).get(row) or db.session.get(Answer, (item.id, key, row))
        cells = read_row(question, raw, language=language)
        answer = store(item, key, cells, there, row=row, rev=rev, by=by)
        if answer is not None and cells:
            need_room(question, len(standing.rows.get(key, {}).keys() - {row}) + 1)
            begin_row(item, key, row)
        return answer
    there = standing.answers.get(key)
    if question.type is Type.SECRET:
        return _store_secret(item, question, raw, there, rev=rev, by=by)
    value = read(question, raw, language=language)
    if question.type is Type.AGREE and value and there is not None and there.value:
        return there  # the words that were agreed to stand, whatever language the page has now
    return store(item, key, value, there, rev=rev, by=by)


def _at(item: Item, key: str) -> tuple[reading.Work, Given]:
    """What decides whether somebody may answer, and what stands as the one answer of a question; in one statement, for people type on."""
    rows = db.session.execute(_ONE_ANSWER, {"item": item.id, "project": item.project_id, "key": key}).all()
    there = rows[0].Answer if rows else None
    return reading.work_in(rows), Given({key: there} if there else {})


def need_room(question: Question, rows: int) -> None:
    """Refuse more rows than a table takes."""
    most = int(question.limits.max or MOST_ROWS)
    if rows > most:
        raise Refused(N_("There is room for %(most)s rows."), field=question.key, status=422, most=most)


def begin_row(item: Item, key: str, row: str) -> None:
    """Put a new row at the end of its table; one that somebody removed comes back when somebody else writes into it."""
    there = db.session.get(AnswerRow, (item.id, key, row))
    if there is not None:
        if there.removed_at is not None:
            verdicts.need_open(item, key)
            there.removed_at = None
        return
    last = select(func.max(AnswerRow.position)).where(AnswerRow.item_id == item.id, AnswerRow.question_key == key)
    position = (db.session.scalar(last) or 0) + 1
    db.session.add(AnswerRow(client_id=item.client_id, item_id=item.id, question_key=key, row_key=row, position=position))
    db.session.flush()


def _store_secret(item: Item, question: Question, raw: Sequence[str], standing: Answer | None, *, rev: int, by: Viewer) -> Answer | None:
    """Keep a secret sealed; its value only says that it is there. An empty field changes nothing, removing it is said."""
    text = read(question, raw)
    if not isinstance(text, str):
        return store(item, question.key, None, standing, rev=rev, by=by) if "remove=yes" in raw else standing
    if standing is not None and standing.value == SEALED and secrets_of.is_same(standing, text):
        return standing
    answer = store(item, question.key, SEALED, standing, rev=rev, anew=True, by=by)
    if answer is not None:
        secrets_of.lay(answer, text, days=question.keep_days)
    return answer


def store(
    item: Item,
    key: str,
    value: Value | None,
    standing: Answer | None,
    *,
    row: str = "",
    rev: int,
    source: Source = Source.TYPED,
    anew: bool = False,
    by: Viewer,
) -> Answer | None:
    """Keep what was answered, with every text before it; refused when somebody else saved in between, or when it was accepted.

    `anew` says that it is another answer although it reads the same."""
    current = standing.value if standing else None
    if value == current and not anew:
        return standing
    if rev != (standing.rev if standing else 0):
        raise Overtaken(standing, key)
    verdicts.need_open(item, key)
    if by.person_id is None:
        raise Refused(N_("Sign in to answer."))
    place = {"client_id": item.client_id, "item_id": item.id, "question_key": key, "row_key": row}
    if standing is None:
        standing = Answer(**place, rev=0, by_id=by.person_id, at=now())
        db.session.add(standing)
    standing.value, standing.rev, standing.by_id, standing.at = value, standing.rev + 1, by.person_id, now()
    standing.source, standing.secret, standing.expires_at = source, None, None
    db.session.add(AnswerChange(id=uuid4(), **place, rev=standing.rev, value=value, by_id=by.person_id, at=now()))
    db.session.flush()
    life.start(item, by=by)
    return standing
