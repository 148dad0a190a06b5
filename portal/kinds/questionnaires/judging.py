"""Saying of single answers whether they are fine. The verdict on the whole item follows from what was said of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.evidence import fingerprint
from portal.kernel.policy import require
from portal.kernel.record import Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds import life, reading
from portal.kinds.questionnaires.kind import definition_of
from portal.kinds.questionnaires.proposals import proposed
from portal.kinds.questionnaires.verdicts import Frozen, asks, frozen_answers, one_by_one, said_of
from portal.models import may
from portal.models.definition.progress import is_whole
from portal.models.definition.shape import Type
from portal.models.item_states import ItemState
from portal.models.items import GONE, Item
from portal.models.questionnaires import AnswerVerdict, Said

JUDGED = (ItemState.SENT, ItemState.ACCEPTED)
ONLY_THEIRS = {
    Type.FILE: N_("Another file can only come from them: ask again, and they send the right one."),
    Type.SECRET: N_("A secret is theirs alone to write: ask again, and it is sealed as before."),
    Type.AGREE: N_("Nobody can agree in their place: ask again, and they do it themselves."),
}
SAME = N_("This is what the client wrote. Change something, or accept it.")
NOT_WHOLE = N_("They could not send it like this: a row is missing, or a cell that must be filled in.")
UNDECIDED = N_("You have marked answers to ask about. Finish with those, or take the marks back first.")
MOVED_ON = N_("Somebody else has said something about these answers in the meantime. Please look again.")


def tally(said: Mapping[str, AnswerVerdict]) -> str:
    """A mark of everything said so far, to notice what somebody else says meanwhile."""
    return fingerprint("tally", "\n".join(f"{key} {said[key].said} {said[key].at.isoformat()}" for key in sorted(said)))[:16]


def can_correct(kind: str) -> bool:
    """Whether we can propose another answer to a question of this type."""
    return Type(kind).is_asked and Type(kind) not in ONLY_THEIRS


@action
def accept_answers(item: Item, keys: Collection[str], *, by: Viewer, seen: int | None = None) -> int:
    """Say of these answers that they are fine, where nothing was said yet; how many that were."""
    there, said = _judged(item, by=by, seen=seen), said_of(item.id, item.round)
    fine = [key for key in keys if key in there and key not in said]
    for key in fine:
        _say(item, key, Said.ACCEPTED, by=by)
    return len(fine)


@action
def accept_answer(item: Item, key: str, *, by: Viewer, seen: int | None = None) -> None:
    """Say of one answer that it is fine, whatever was said before."""
    _need(key, _judged(item, by=by, seen=seen))
    _say(item, key, Said.ACCEPTED, by=by)


@action
def ask_again(item: Item, key: str, reason: str, *, by: Viewer, seen: int | None = None) -> None:
    """Ask for one answer again, with a reason the client reads once the item is sent back."""
    _need(key, _judged(item, by=by, seen=seen))
    if not reason.strip():
        raise Refused(N_("Write one sentence on what is missing, so that the client knows what to do."), field="reason", status=422)
    _say(item, key, Said.ASKED_AGAIN, reason=reason.strip(), by=by)


@action
def correct(item: Item, key: str, ours: object, *, reason: str = "", by: Viewer, seen: int | None = None) -> None:
    """Propose another answer, of a table as `rows_kept` says it. The client's own stands until they have said that ours is right."""
    answer = _need(key, _judged(item, by=by, seen=seen))
    if not can_correct(str(answer["type"])):
        raise Refused(ONLY_THEIRS.get(Type(str(answer["type"])), GONE))
    question, value = definition_of(item).question(key), proposed(ours)
    if not value or question is None:
        raise Refused(N_("Write what you think is right, or ask for the answer again."), field=key, status=422)
    if value == answer.get("value"):
        raise Refused(SAME, field=key, status=422)
    if question.type is Type.TABLE and not is_whole(question, value):
        raise Refused(NOT_WHOLE, field=key, status=422)
    _say(item, key, Said.CORRECTED, reason=reason.strip(), ours=ours, by=by)


@action
def take_back(item: Item, key: str, *, by: Viewer, seen: int | None = None) -> None:
    """Take back what was said of one answer."""
    _judged(item, by=by, seen=seen)
    standing = db.session.get(AnswerVerdict, (item.id, key, item.round))
    if standing is not None:
        db.session.delete(standing)


@action
def accept(item: Item, *, by: Viewer, seen: int | None = None) -> None:
    """Accept the whole item, which accepts every answer; refused while some are marked to be asked about."""
    if asks(said_of(item.id, item.round)):
        raise Refused(UNDECIDED)
    life.accept(item, by=by, seen=seen)


@action
def finish(item: Item, reason: str, *, word: str = "", by: Viewer, seen: int | None = None, told: str) -> None:
    """Send the item back for the answers that were marked; all others are accepted with that. `told` is the tally that was looked at,
    `reason` everything the client reads in the email, `word` what we wrote ourselves beside what is said of each answer."""
    require(may.run_clients(by))
    said = said_of(item.id, item.round)
    open_again = asks(said)
    if told != tally(said) or not open_again:
        raise Refused(MOVED_ON)
    life.send_back(item, reason, by=by, seen=seen)
    handed = reading.hand_over(item.id, item.round)
    if handed and word.strip():
        handed.reason = word.strip()
    there = frozen_answers(handed)
    for key, verdict in open_again.items():
        kind = Kind.ANSWER_CORRECTED if verdict.said is Said.CORRECTED else Kind.ANSWER_ASKED_AGAIN
        words = {"name": str(there[key].get("label", "")), "reason": verdict.reason}
        record(kind, item, by=by, question=key, round=item.round, detail=words)


def _judged(item: Item, *, by: Viewer, seen: int | None) -> dict[str, Frozen]:
    """The answers of the round that stands, if they may be judged now."""
    require(may.run_clients(by))
    life.as_seen(item, seen)
    handed = reading.hand_over(item.id, item.round)
    if item.state not in JUDGED or handed is None or handed.taken_back_at or not one_by_one(item):
        raise Refused(GONE)
    return frozen_answers(handed)


def _need(key: str, there: Mapping[str, Frozen]) -> Frozen:
    if key not in there:
        raise Refused(GONE)
    return there[key]


def _say(item: Item, key: str, said: Said, *, reason: str = "", ours: object = None, by: Viewer) -> None:
    if by.person_id is None:
        raise Refused(N_("Sign in to say something about answers."))
    standing = db.session.get(AnswerVerdict, (item.id, key, item.round))
    if standing is None:
        standing = AnswerVerdict(client_id=item.client_id, item_id=item.id, question_key=key, round=item.round)
        db.session.add(standing)
    standing.said, standing.reason, standing.ours = said, reason, ours
    standing.by_id, standing.at = by.person_id, now()
    standing.reply = standing.reply_by = standing.reply_at = None
