"""What the review shows of every single answer: what was said of it, what it was before, and what we asked then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

from sqlalchemy import func, select

from portal.features.review.queries import Round
from portal.kernel.db import db
from portal.kinds.questionnaires.judging import ONLY_THEIRS, can_correct, tally
from portal.kinds.questionnaires.verdicts import Frozen, again_in, asks, frozen_answers
from portal.models.definition.shape import Type
from portal.models.deliveries import HandOver
from portal.models.items import Item
from portal.models.people import Person
from portal.models.questionnaires import AnswerChange, AnswerVerdict, Said


@dataclass(frozen=True)
class One:
    """One answer: as it was handed over, what was said of it now and the round before, and what it was then."""

    frozen: Frozen
    said: AnswerVerdict | None = None
    judge: str = ""
    asked: AnswerVerdict | None = None
    before: Frozen | None = None
    stands: bool = False
    with_the_rest: bool = False
    changes: int = 0

    @property
    def key(self) -> str:
        """The key of the question."""
        return str(self.frozen["key"])

    @property
    def mark(self) -> str:
        """Where it stands: accepted, asked_again, corrected, stands (since an earlier round), rest (accepted with the others) or open."""
        return self.said.said.value if self.said else "stands" if self.stands else "rest" if self.with_the_rest else "open"

    @property
    def can_correct(self) -> bool:
        """Whether we can propose another answer."""
        return can_correct(str(self.frozen["type"]))

    @property
    def is_table(self) -> bool:
        """Whether it has rows, which are proposed one by one."""
        return self.frozen["type"] == Type.TABLE

    @property
    def only_theirs(self) -> str:
        """Why we cannot propose another answer and ask again instead; empty where we can."""
        return ONLY_THEIRS.get(Type(str(self.frozen["type"])), "")

    @property
    def is_same(self) -> bool:
        """Whether it is still what it was when we asked again."""
        return self.before is not None and self.before.get("value") == self.frozen.get("value")


@dataclass(frozen=True)
class Sheet:
    """All answers of one hand-over, section by section, and what was said of them so far."""

    sections: Sequence[tuple[str, str, Sequence[One]]]
    said: Mapping[str, AnswerVerdict] = field(default_factory=dict)

    @property
    def tally(self) -> str:
        """A mark of what was said, to notice what somebody else says meanwhile."""
        return tally(self.said)

    @property
    def counts(self) -> Counter[str]:
        """How many answers stand where."""
        return Counter(one.mark for _key, _title, ones in self.sections for one in ones)

    @property
    def asked(self) -> list[One]:
        """The answers the client will be asked about."""
        return [one for _key, _title, ones in self.sections for one in ones if one.said and one.said.said is not Said.ACCEPTED]

    @property
    def rest(self) -> int:
        """How many answers are accepted when the item is sent back for the others."""
        return sum(self.counts.values()) - len(self.asked)

    def one(self, key: str) -> One | None:
        """One of its answers."""
        return next((one for _key, _title, ones in self.sections for one in ones if one.key == key), None)


def sheet_of(item: Item, handed: HandOver, content: Mapping[str, object], rounds: Sequence[Round]) -> Sheet:
    """The answers of a hand-over with everything a verdict on each needs; three questions to the database, however many answers."""
    verdicts = _verdicts(item.id)
    said = {key: verdict for (round_, key), verdict in verdicts.items() if round_ == handed.round}
    judges = _names({verdict.by_id for verdict in said.values()})
    earlier = next((each.handed for each in rounds if each.handed.round < handed.round and not each.handed.taken_back_at), None)
    then, again = frozen_answers(earlier), again_in(handed)
    asked = asks({key: verdict for (round_, key), verdict in verdicts.items() if earlier and round_ == earlier.round})
    changes, closed = _changes(item.id), handed.verdict is not None

    def one(frozen: Frozen) -> One:
        key = str(frozen["key"])
        verdict = said.get(key)
        judge = judges.get(verdict.by_id, "") if verdict else ""
        reopened = again is None or key in again
        before = then.get(key) if reopened else None
        return One(frozen, verdict, judge, asked.get(key), before, stands=not reopened, with_the_rest=closed, changes=changes.get(key, 0))

    sections = cast("list[dict[str, object]]", content.get("sections") or [])
    told = [(str(s["key"]), str(s["title"]), [one(answer) for answer in cast("list[Frozen]", s["answers"])]) for s in sections]
    return Sheet(told, said)


@dataclass(frozen=True)
class Past:
    """How one answer came to be: every round with what was said of it, and every text it ever had, the newest first."""

    rounds: Sequence[tuple[Round, Frozen | None, AnswerVerdict | None]]
    changes: Sequence[tuple[AnswerChange, str]]


def past_of(item: Item, key: str, rounds: Sequence[Round]) -> Past:
    """The history of one answer."""
    verdicts = _verdicts(item.id)
    told = [(each, frozen_answers(each.handed).get(key), verdicts.get((each.handed.round, key))) for each in rounds]
    mine = (AnswerChange.item_id == item.id, AnswerChange.question_key == key)
    query = select(AnswerChange, Person.name).outerjoin(Person, Person.id == AnswerChange.by_id).where(*mine)
    rows = db.session.execute(query.order_by(AnswerChange.at.desc(), AnswerChange.rev.desc()).limit(200))
    return Past(told, [(change, name or "") for change, name in rows])


def _verdicts(item_id: UUID) -> dict[tuple[int, str], AnswerVerdict]:
    rows = db.session.scalars(select(AnswerVerdict).where(AnswerVerdict.item_id == item_id))
    return {(row.round, row.question_key): row for row in rows}


def _changes(item_id: UUID) -> dict[str, int]:
    count = select(AnswerChange.question_key, func.count()).where(AnswerChange.item_id == item_id).group_by(AnswerChange.question_key)
    return {row[0]: row[1] for row in db.session.execute(count)}


def _names(ids: set[UUID]) -> dict[UUID, str]:
    return {one.id: one.first_name for one in db.session.scalars(select(Person).where(Person.id.in_(ids)))} if ids else {}
