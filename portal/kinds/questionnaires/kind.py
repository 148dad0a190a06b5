"""Items that ask questions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import cast
from uuid import UUID

from sqlalchemy import and_, func, select

from portal.kernel.db import db
from portal.kernel.refusal import N_, NotFound, Refused
from portal.kinds.files.kind import FileSpec, files_by_question, frozen_file, spec_of
from portal.kinds.protocol import Missing
from portal.kinds.questionnaires.verdicts import again_of
from portal.kinds.reading import client_language
from portal.models.definition import publishing
from portal.models.definition.answering import takes
from portal.models.definition.canonical import parse
from portal.models.definition.progress import frozen, missing, progress
from portal.models.definition.publishing import called
from portal.models.definition.rules import visible
from portal.models.definition.shape import Definition, Question, Type, Value
from portal.models.files import Upload
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.questionnaires import Answer, AnswerRow, Questionnaire, QuestionnaireVersion

MOST_FILES_HERE = 20
ANSWERED = N_("%(question)s is answered already, and the new questions do not take that answer. Ask for it with a new item.")


@lru_cache(maxsize=64)
def read_definition(text: str) -> Definition:
    """A published definition; they never change, so each is read once."""
    return parse(text)


@lru_cache(maxsize=64)
def version_definition(version_id: UUID) -> Definition:
    """What a published version asks, fetched once: neither the row nor its id ever means anything else."""
    return read_definition(db.session.get_one(QuestionnaireVersion, version_id).definition)


def published() -> list[tuple[str, QuestionnaireVersion]]:
    """What the firm can ask with: the latest version of every questionnaire that is not archived, by name."""
    latest = select(func.max(QuestionnaireVersion.n)).where(QuestionnaireVersion.questionnaire_id == Questionnaire.id)
    query = select(Questionnaire.name, QuestionnaireVersion).join(
        QuestionnaireVersion, QuestionnaireVersion.questionnaire_id == Questionnaire.id
    )
    own = Questionnaire.template_id.is_(None)
    query = query.where(
        own, Questionnaire.archived_at.is_(None), QuestionnaireVersion.n == latest.correlate(Questionnaire).scalar_subquery()
    )
    rows = db.session.execute(query.order_by(func.lower(Questionnaire.name), Questionnaire.id))
    return [(name, version) for name, version in rows]


@lru_cache(maxsize=256)
def speaks(text: str, language: str) -> bool:
    """Whether every text of a published definition is there in this language."""
    lacking = publishing.problems(read_definition(text), languages=(language,))
    return not any("language" in one.values for one in lacking)


def language_of(item: Item, *languages: str) -> str:
    """The first language in which an item and all of its questions are written, so that nothing mixes; else the questions alone."""
    if item.questionnaire_version_id is None:
        return languages[0]
    text = db.session.get_one(QuestionnaireVersion, item.questionnaire_version_id).definition
    words = cast("dict[str, dict[str, str]]", item.words)
    titled = [language for language, said in words.items() if said.get("title")]
    whole = [language for language in (*languages, "en", *titled) if speaks(text, language)]
    return next((language for language in whole if language in titled), whole[0] if whole else languages[0])


def definition_of(item: Item) -> Definition:
    """What an item asks."""
    return version_definition(item.questionnaire_version_id) if item.questionnaire_version_id else Definition()


def ask_with(item: Item, version_id: UUID | None) -> None:
    """Let an item ask these questions from now on. Refuses where something the client answered would be lost or read as something else."""
    if item.questionnaire_version_id and version_id and version_id != item.questionnaire_version_id:
        if item.state in (ItemState.SENT, ItemState.ACCEPTED):
            raise Refused(N_("The answers were sent already, so the questions stay as they are."), field="questionnaire", status=422)
        now, then = (db.session.get_one(QuestionnaireVersion, one) for one in (version_id, item.questionnaire_version_id))
        asked, before, same = (
            read_definition(now.definition),
            read_definition(then.definition),
            now.questionnaire_id == then.questionnaire_id,
        )
        for key, value in given(item.id).values.items():
            question, other = before.question(key), asked.question(key)
            if value and question and not (takes(other, question, value) if other else same):
                name = called(question, client_language(item))
                raise Refused(ANSWERED, field="questionnaire", status=422, question=name)
    item.questionnaire_version_id = version_id


@dataclass(frozen=True)
class Given:
    """Everything that stands as answers of an item: by question, the rows of tables in order, and files."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    rows: Mapping[str, Mapping[str, Answer]] = field(default_factory=dict)
    files: Mapping[str, Sequence[Upload]] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Value | None]:
        """The values of all answers, by question key; hidden ones are there too."""
        tables = {key: cast("Value", [row.value for row in rows.values() if row.value]) for key, rows in self.rows.items()}
        files = {key: cast("Value", [str(file.id) for file in files]) for key, files in self.files.items()}
        return {key: cast("Value | None", row.value) for key, row in self.answers.items()} | tables | files

    @property
    def names(self) -> dict[str, str]:
        """The names of files, by their ids."""
        return {str(file.id): file.name for files in self.files.values() for file in files}

    def changed_since(self, key: str, moment: datetime) -> bool:
        """Whether something was written or sent for a question after a moment."""
        rows = [*self.rows.get(key, {}).values(), *filter(None, [self.answers.get(key)])]
        return any(row.at > moment for row in rows) or any(file.received_at > moment for file in self.files.get(key, ()))

    def latest(self) -> Answer | None:
        """What was answered last."""
        cells = [row for rows in self.rows.values() for row in rows.values()]
        return max([*self.answers.values(), *cells], key=lambda row: row.at, default=None)


def given(item_id: UUID) -> Given:
    """What stands as answers of an item."""
    return given_to([item_id])[item_id]


def given_to(item_ids: Collection[UUID]) -> dict[UUID, Given]:
    """What stands as answers of several items, by item."""
    same = and_(AnswerRow.item_id == Answer.item_id, AnswerRow.question_key == Answer.question_key, AnswerRow.row_key == Answer.row_key)
    query = select(Answer, AnswerRow).outerjoin(AnswerRow, same).where(Answer.item_id.in_(item_ids))
    answers: dict[UUID, dict[str, Answer]] = {one: {} for one in item_ids}
    rows: dict[UUID, dict[str, dict[str, Answer]]] = {one: {} for one in item_ids}
    found = db.session.execute(query.order_by(AnswerRow.position, Answer.row_key)) if item_ids else ()
    for answer, row in cast("Iterable[tuple[Answer, AnswerRow | None]]", found):
        if row is None:
            answers[answer.item_id][answer.question_key] = answer
        elif row.removed_at is None:
            rows[answer.item_id].setdefault(answer.question_key, {})[answer.row_key] = answer
    files = files_by_question(item_ids)
    return {one: Given(answers[one], rows[one], files[one]) for one in item_ids}


def answer_rows(item_id: UUID) -> dict[str, Answer]:
    """What stands as answers that are one value, by question key."""
    rows = db.session.scalars(select(Answer).where(Answer.item_id == item_id, Answer.row_key == ""))
    return {row.question_key: row for row in rows}


def answers_of(item_id: UUID) -> dict[str, Value | None]:
    """The values of all answers, by question key; hidden ones are there too. Of secrets only that they are there."""
    return given(item_id).values


def question_for_files(item: Item, key: str) -> Question:
    """A question of an item that is answered with files; raises NotFound."""
    question = definition_of(item).question(key)
    if question is None or question.type is not Type.FILE:
        raise NotFound
    return question


def file_spec(item: Item, question: Question) -> FileSpec:
    """What a question for files takes: the file rules of its item, and how many of its own."""
    most, least = question.limits.max, question.limits.min
    return replace(spec_of(item), max_count=int(most or MOST_FILES_HERE), min_count=int(least or 1))


class Questionnaires:
    """The rules of questionnaire items."""

    def missing(self, item: Item) -> list[Missing]:
        """Every shown question that must be answered and is not; `place` is the number of its section."""
        definition = definition_of(item)
        language = client_language(item)
        here = given(item.id)
        gaps = missing(definition, here.values)
        asked = ((number, definition.question(key)) for number, key in gaps)
        found = [_gap(N_("%(question)s is not answered yet."), number, question, language) for number, question in asked if question]
        shown = set(visible(definition, here.values))
        for number, section in definition.numbered():
            for question in section.questions:
                if question.key in shown and question.type is Type.FILE:
                    found += _file_gaps(item, number, question, here.files.get(question.key, ()), language)
        return found + _unconfirmed(item, definition, shown, language)

    def freeze(self, item: Item) -> dict[str, object]:
        """The shown questions and their answers; what is hidden is kept but not sent."""
        here = given(item.id)
        files = {str(file.id): frozen_file(file) for uploads in here.files.values() for file in uploads}
        told = frozen(definition_of(item), here.values, language=client_language(item), files=files)
        return told | _only_again(item, told) | {"kind": item.kind.value, "item": str(item.id)}

    def count(self, item: Item) -> tuple[int, int]:
        """How many questions have an answer, of how many shown."""
        here = progress(definition_of(item), answers_of(item.id))
        return here.answered, here.total


def _gap(message: str, number: int, question: Question, language: str, **values: object) -> Missing:
    return Missing(message, {"question": called(question, language), **values}, place=str(number), part=question.key)


def _file_gaps(item: Item, number: int, question: Question, files: Sequence[Upload], language: str) -> list[Missing]:
    """What is wrong with the files that answer a question; none at all is not, unless they are required."""
    spec = file_spec(item, question)
    locked = next((file for file in files if file.is_locked), None)
    if locked:
        virus = N_("A virus was found in “%(name)s”, so it does not count as sent. Remove it from %(question)s; then send the rest.")
        return [_gap(virus, number, question, language, name=locked.name)]
    if files and len(files) < spec.min_count:
        few = N_("%(question)s asks for %(min)s files, and %(count)s are here.")
        return [_gap(few, number, question, language, min=spec.min_count, count=len(files))]
    return []


def _unconfirmed(item: Item, definition: Definition, shown: Collection[str], language: str) -> list[Missing]:
    """The shown answers we proposed and the client has said nothing to."""
    again = again_of(item)
    waiting = {key for key in again.unconfirmed if key in shown} if again else set()
    asked = [(number, question) for number, section in definition.numbered() for question in section.questions if question.key in waiting]
    return [_gap(N_("%(question)s: is what we wrote right?"), number, question, language) for number, question in asked]


def _only_again(item: Item, told: dict[str, object]) -> dict[str, object]:
    """Which questions this round was about, where it was only about some."""
    again = again_of(item)
    sections = cast("list[dict[str, list[dict[str, str]]]]", told["sections"])
    keys = [answer["key"] for section in sections for answer in section["answers"]]
    return {"again": [key for key in keys if again.is_open(key)]} if again else {}
