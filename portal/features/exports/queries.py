"""What clients have answered, row by row: what was handed over last for each item, never what they still type. Without secrets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Select, func, select

from portal.kernel.db import db
from portal.kinds.questionnaires.verdicts import asks, said_by_round
from portal.models.clients import Client
from portal.models.definition.shape import Type
from portal.models.deliveries import HandOver, Verdict
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Project
from portal.models.questionnaires import Answer, AnswerVerdict, Questionnaire, QuestionnaireVersion, Said

BATCH = 40
NUMBERS = (Type.NUMBER, Type.MONEY, Type.RATING)
Frozen = Mapping[str, object]


@dataclass(frozen=True)
class Speech:
    """The words of the language a file is written in; without them everything stays as it is kept, for other programs to read."""

    words: Mapping[str, str] = field(default_factory=dict)
    country: Callable[[str], str] = str

    def say(self, text: str) -> str:
        """A word of ours, such as yes, accepted, or the name of a column."""
        return self.words.get(text, text)


@dataclass(frozen=True)
class Told:
    """One answer as it was handed over: where it belongs, in whose words, and what we said of it."""

    client: str
    project: str
    item: str
    questionnaire: str
    version: int
    round: int
    section: str
    key: str
    question: str
    type: Type
    language: str
    answer: str
    value: object
    by: str
    at: datetime
    sent_at: datetime
    review: str
    reason: str


def latest(questionnaire_id: UUID | None = None, project_id: UUID | None = None) -> Select[UUID]:
    """The hand-over that stands for each item, the oldest first."""
    last = select(HandOver.item_id, func.max(HandOver.round).label("round")).where(HandOver.taken_back_at.is_(None))
    stands = last.group_by(HandOver.item_id).subquery()
    query = select(HandOver.id).join(stands, (stands.c.item_id == HandOver.item_id) & (stands.c.round == HandOver.round))
    query = query.join(Item, Item.id == HandOver.item_id).join(
        QuestionnaireVersion, QuestionnaireVersion.id == Item.questionnaire_version_id
    )
    if questionnaire_id:
        query = query.where(QuestionnaireVersion.questionnaire_id == questionnaire_id)
    if project_id:
        query = query.where(Item.project_id == project_id)
    return query.order_by(HandOver.at, HandOver.id)


def answers(project_id: UUID | None = None, *, speech: Speech) -> Iterator[Told]:
    """Every answer of one project or of all clients, a few items at a time."""
    ids = list(db.session.scalars(latest(project_id=project_id)))
    for start in range(0, len(ids), BATCH):
        yield from _batch(ids[start : start + BATCH], speech)


def _batch(ids: list[UUID], speech: Speech) -> Iterator[Told]:
    query = select(HandOver, Item, Project, Client, QuestionnaireVersion.n, Questionnaire.name, Person.name)
    query = query.join(Item, Item.id == HandOver.item_id).join(Project, Project.id == Item.project_id)
    query = query.join(Client, Client.id == Item.client_id).join(Person, Person.id == HandOver.by_id)
    query = query.join(QuestionnaireVersion, QuestionnaireVersion.id == Item.questionnaire_version_id)
    query = query.join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
    found = list(db.session.execute(query.where(HandOver.id.in_(ids)).order_by(HandOver.at, HandOver.id)))
    items = [row[1].id for row in found]
    wrote, said = _wrote(items), said_by_round(items)
    for handed, item, project, client, n, name, sender in found:
        content = json.loads(handed.content)
        language = str(content.get("language") or client.language)
        verdicts = said.get((item.id, handed.round), {})
        place = _Place(client.name, project.name, item.text("title", language), name, n, handed.round, language)
        for section in content.get("sections", ()):
            for frozen in section["answers"]:
                if frozen["type"] == Type.SECRET or "value" not in frozen:
                    continue
                by, at = wrote.get((item.id, str(frozen["key"])), (sender, handed.at))
                who = (by, at) if at <= handed.at else (sender, handed.at)  # changed since: what was sent is told by who sent it
                yield _told(place, str(section["title"]), frozen, who, handed=handed, content=content, verdicts=verdicts, speech=speech)


@dataclass(frozen=True)
class _Place:
    client: str
    project: str
    item: str
    questionnaire: str
    version: int
    round: int
    language: str


def _told(
    place: _Place,
    section: str,
    frozen: Frozen,
    who: tuple[str, datetime],
    *,
    handed: HandOver,
    content: Frozen,
    verdicts: Mapping[str, AnswerVerdict],
    speech: Speech,
) -> Told:
    key = str(frozen["key"])
    verdict = verdicts.get(key)
    return Told(
        **vars(place),
        section=section,
        key=key,
        question=str(frozen["label"]),
        type=Type(str(frozen["type"])),
        answer=in_words(frozen, speech),
        value=frozen["value"],
        by=who[0],
        at=who[1],
        sent_at=handed.at,
        review=speech.say(_review(handed, content, key, verdicts)),
        reason=verdict.reason if verdict else "",
    )


def in_words(frozen: Frozen, speech: Speech) -> str:
    """A frozen answer as plain text: the words of choices, the names of files, numbers and days as machines write them."""
    value = frozen.get("value")
    if frozen.get("files"):
        return "\n".join(str(file["name"]) for file in cast("list[Frozen]", frozen["files"]))
    if frozen.get("rows"):
        columns = cast("list[Frozen]", frozen["columns"])
        return "\n".join(_row(columns, row, speech) for row in cast("list[list[str]]", frozen["rows"]))
    if frozen.get("chosen"):
        return ", ".join(cast("list[str]", frozen["chosen"]))
    if isinstance(value, dict):
        told = value | {"country": speech.country(str(value["country"]))} if value.get("country") else value
        return "\n".join(str(told[part]) for part in Type.ADDRESS.parts if told.get(part))
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return speech.say(str(value)) if frozen["type"] == Type.YES_NO else str(value or "")


def _row(columns: list[Frozen], row: list[str], speech: Speech) -> str:
    """A row of a table on one line, each cell with the name of its column."""
    told = ((column, speech.say(cell) if column["type"] == Type.YES_NO else cell) for column, cell in zip(columns, row, strict=True))
    return " · ".join(f"{column['label']}: {cell}" for column, cell in told if cell)


def _review(handed: HandOver, content: Frozen, key: str, verdicts: Mapping[str, AnswerVerdict]) -> str:
    """What we said of an answer: accepted, asked_again, corrected, or open."""
    if key in verdicts and (handed.verdict is not None or verdicts[key].said is Said.ACCEPTED):
        return verdicts[key].said.value
    if handed.verdict is Verdict.ACCEPTED:
        return Said.ACCEPTED.value
    if handed.verdict is Verdict.RETURNED:
        return Said.ACCEPTED.value if asks(verdicts) else Said.ASKED_AGAIN.value
    again = cast("list[str] | None", content.get("again"))
    return "open" if again is None or key in again else Said.ACCEPTED.value


def _wrote(items: list[UUID]) -> dict[tuple[UUID, str], tuple[str, datetime]]:
    """Who gave an answer last, and when."""
    query = select(Answer.item_id, Answer.question_key, Answer.at, Person.name).join(Person, Person.id == Answer.by_id)
    rows = db.session.execute(query.where(Answer.item_id.in_(items)).order_by(Answer.at))
    return {(item_id, key): (name, at) for item_id, key, at, name in rows}
