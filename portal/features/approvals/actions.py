"""A client's answer to a version. Callers hold the item's lock (`find` in a writing session), so two of these never overlap on one item."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.evidence import fingerprint
from portal.kernel.policy import require
from portal.kernel.record import Audience, Kind, record
from portal.kernel.refusal import N_, NotFound, Refused
from portal.kernel.viewer import Viewer
from portal.kernel.words import says_something
from portal.kinds import reading
from portal.kinds.agreed import asking
from portal.kinds.approvals import proofs
from portal.kinds.approvals.kind import live_decisions, outcome_on, rounds_on, standing_version
from portal.kinds.approvals.pins import wishes_on
from portal.kinds.approvals.proofs import Proof, Said
from portal.kinds.approvals.seats import Seat, is_answer_of, seats_of, today_of
from portal.kinds.silence import running
from portal.models.approvals import CHOICES, ApprovalVersion, Choice, Decision
from portal.models.item_states import ItemState
from portal.models.items import GONE, Item
from portal.models.people import Person
from portal.models.silence import Ending

NOT_YOURS = N_("Only the people who were asked to decide can answer this.")
ANSWERED = N_("You have answered this already. Take that answer back first if you want to change it.")
NEEDS_PROOF = N_("This is important, so it needs a code from an email and your full name. Please answer below.")
TOO_LATE = N_("The time to decide on version %(n)s is over. Your answer was not sent; we come back to you.")


@dataclass(frozen=True)
class Given:
    """What a client answered: on which version they saw, with which words, how often it was pressed (`key`), and in whose seat.

    `beyond` is what to call the change request that it becomes if the agreed rounds are used up."""

    choice: Choice
    words: str
    version_id: UUID | None
    key: str
    seat: UUID | None = None
    heard: UUID | None = None  # what they confirm with it
    beyond: str = ""

    @property
    def said(self) -> Said:
        """What a proof is asked for."""
        return Said(self.choice, self.words, self.seat)


@dataclass(frozen=True)
class Came:
    """From where an answer came: roughly the device, and the network."""

    device: str = ""
    network: str = ""


def asks_proof(item: Item, given: Given, *, by: Viewer) -> ApprovalVersion | None:
    """The version for which a fresh proof is needed before this answer counts; refuses an answer that would be refused anyway."""
    require(reading.can_decide(by, item), NOT_YOURS)
    if _pressed_before(_key(item, given, by=by), given):
        return None
    version = _version_seen(item, given, at=now())
    if not version.shown.deciding.important:
        return None
    _check_answer(item, version, given, _seat(item, version, given, by=by))
    return version


@action
def decide(item: Item, given: Given, *, by: Viewer, came: Came | None = None, proof: Proof | None = None) -> Decision:
    """Take the client's answer on the version they saw; pressing twice gives the same one answer."""
    require(reading.can_decide(by, item), NOT_YOURS)
    key = _key(item, given, by=by)
    known = _pressed_before(key, given)
    if known:
        return known
    moment = now()
    version = _version_seen(item, given, at=moment)
    seat = _seat(item, version, given, by=by)
    _check_answer(item, version, given, seat)
    proven = _proven(proof, version, given, by=by, at=moment) if version.shown.deciding.important else None
    evidence = _evidence(item, seat, by=by, came=came or Came()) | _pinned(version, given, by=by) | (proven.told if proven else {})
    decision = Decision(
        id=uuid4(),
        client_id=item.client_id,
        item_id=item.id,
        version_id=version.id,
        person_id=seat.person.id,
        by_id=by.person_id,
        choice=given.choice,
        words=given.words.strip(),
        beyond=given.choice is Choice.CHANGES and rounds_on(item, version).used_up,
        evidence=evidence,
        proof=proven.way if proven else "",
        consent=proven.consent.sha256 if proven else "",
        idempotency_key=key,
        at=moment,
    )
    db.session.add(decision)
    db.session.flush()
    running.interrupt(item, Ending.DECIDED, by=by)
    item.decided(outcome_on(item, version), at=moment)
    _record_decision(item, version, decision, given.heard, by=by)
    if decision.beyond:
        asking.one_more_round(item, decision, given.beyond, by=by)
    return decision


@action
def not_yet(item: Item, given: Given, day: date | None, *, by: Viewer) -> None:
    """Note the day by which the client can decide. It is no answer: it only says until when the firm waits."""
    require(reading.can_decide(by, item), NOT_YOURS)
    version = _version_seen(item, given, at=now())
    if day is None:
        raise Refused(N_("Name the day by which you can decide."), field="later_on", status=422)
    if version.expires_at and day > version.expires_at.date():
        raise Refused(N_("This has to be decided before that day. Choose an earlier one, or write to us."), field="later_on", status=422)
    item.promise(day, today=today_of(item.client_id), field="later_on")
    running.interrupt(item, Ending.ACTIVITY, by=by)
    record(Kind.ITEM_PROMISED, item, by=by, day=day, detail={"words": given.words.strip()} if given.words.strip() else {})


@action
def take_back(item: Item, decision_id: UUID, *, by: Viewer) -> Decision:
    """Open one's own answer again, for 15 minutes and until the firm acts on it."""
    require(reading.can_decide(by, item), NOT_YOURS)
    reading.need_running(item)
    mine = (Decision.id == decision_id, Decision.item_id == item.id)
    decision = db.session.scalar(select(Decision).where(*mine).execution_options(populate_existing=True))
    if decision is None or not is_answer_of(decision, by.person_id):
        raise NotFound
    version = db.session.scalars(select(ApprovalVersion).where(ApprovalVersion.id == decision.version_id)).one()
    if item.state is ItemState.WAIVED:
        raise Refused(GONE)
    decision.take_back(version, at=now())
    db.session.flush()
    if item.state is not ItemState.TO_DO and outcome_on(item, version) is not ItemState.PREPARING:
        item.take_back_decision(at=now())
    record(Kind.DECISION_TAKEN_BACK, item, by=by, decision=decision.id, version=version.id, n=version.n, choice=decision.choice)
    if decision.beyond:
        asking.drop_round(decision, by=by)
    return decision


def _record_decision(item: Item, version: ApprovalVersion, decision: Decision, heard: UUID | None, *, by: Viewer) -> None:
    facts: dict[str, object] = {"decision": decision.id, "version": version.id, "n": version.n}
    facts |= {"choice": decision.choice, "hash": version.sha256, "at": decision.at}
    facts |= {"seat": decision.person_id} if decision.person_id != by.person_id else {}
    facts |= {"beyond": True} if decision.beyond else {}
    facts |= {"proof": decision.proof, "consent": decision.consent} if decision.proof else {}
    facts |= {"heard": heard} if heard else {}
    detail = decision.evidence | {"words": decision.words}
    record(Kind.DECISION_MADE, item, by=by, detail=detail, audience=Audience.SHARED, **facts)


def _key(item: Item, given: Given, *, by: Viewer) -> str:
    """One press of one page: another version or another seat is another answer, whatever form it came from."""
    return fingerprint("decision_key", f"{by.person_id} {item.id} {given.version_id} {given.seat or by.person_id} {given.key}")


def _proven(proof: Proof | None, version: ApprovalVersion, given: Given, *, by: Viewer, at: datetime) -> Proof:
    """A fresh proof, used up with this; without one nothing is decided."""
    if proof is None:
        raise Refused(NEEDS_PROOF)
    proofs.use(proof, version, given.said, by=by, at=at)
    return proof


def _pressed_before(key: str, given: Given) -> Decision | None:
    known = db.session.scalar(select(Decision).where(Decision.idempotency_key == key))
    if known is None:
        return None
    if not known.is_live:
        raise Refused(N_("You took that answer back. Please choose again and send it once more."))
    if known.choice is not given.choice or known.words != given.words.strip():
        raise Refused(ANSWERED)
    return known


def _version_seen(item: Item, given: Given, *, at: datetime) -> ApprovalVersion:
    """The version the answer is about: the one that stands, or nothing is stored."""
    reading.need_running(item)
    version = standing_version(item.id)
    if version is None:
        raise Refused(N_("There is nothing to decide on yet. Your answer was not sent."))
    if version.id != given.version_id:
        raise Refused(N_("There is a version %(n)s now. Your answer was not sent."), n=version.n)
    if version.has_expired(at=at):
        raise Refused(TOO_LATE, n=version.n)
    return version


def _seat(item: Item, version: ApprovalVersion, given: Given, *, by: Viewer) -> Seat:
    """The seat an answer is given in: one's own, or that of somebody one stands in for today."""
    seats = [seat for seat in seats_of(item, version, live_decisions(version.id)) if seat.is_for(by.person_id)]
    named = [seat for seat in seats if seat.person.id == (given.seat or by.person_id)]
    found = named or ([] if given.seat else [seat for seat in seats if seat.answer is None] or seats)
    if not found:
        raise Refused(N_("You cannot answer in this place any more. Please look again."))
    return found[0]


def _check_answer(item: Item, version: ApprovalVersion, given: Given, seat: Seat) -> None:
    live = live_decisions(version.id)
    if seat.answer and seat.answer.by_id != seat.person.id:
        raise Refused(N_("%(name)s has answered in the place of %(other)s already."), name=seat.answer.who, other=seat.answer.behalf)
    if seat.answer:
        raise Refused(ANSWERED)
    if any(decision.is_deemed for decision in live):
        raise Refused(N_("By now this counts as agreed by silence. Object to that first, then you can answer."))
    if item.state is not ItemState.TO_DO and live:
        raise Refused(N_("%(name)s was faster and has answered this already. Your answer was not sent."), name=live[-1].who)
    if not seat.is_turn:
        raise Refused(N_("It is not your turn yet: others answer first, and you get an email when it is. Your answer was not sent."))
    if given.choice not in CHOICES[item.kind]:
        raise Refused(N_("Choose one of the answers first."), field="choice", status=422)
    if given.choice is Choice.NOTED and not says_something(given.words):
        raise Refused(N_("Write your note, or choose the yes without one."), field="words", status=422)
    if given.choice.needs_words and not says_something(given.words) and not (given.choice is Choice.CHANGES and wishes_on(version)):
        raise Refused(N_("Tell us in one sentence what should be different."), field="words", status=422)
    if given.choice.is_yes and not given.choice.needs_words and given.words.strip():
        sentence = N_(
            "You chose yes and also wrote what should be different. Choose the other answer to send your words, or empty the field."
        )
        raise Refused(sentence, field="words", status=422)


def _pinned(version: ApprovalVersion, given: Given, *, by: Viewer) -> dict[str, object]:
    """The client's open comments on what is shown: beside a wish for changes they are part of the answer, as they are now, and whose."""
    wishes = wishes_on(version) if given.choice is Choice.CHANGES else []
    files = {file.id: file.name for file in version.shown.files}
    said = [
        {"id": str(one.pin.id), "n": one.pin.n, "file": files.get(one.pin.upload_id, ""), "page": one.pin.page, "words": one.pin.words}
        | ({"who": one.by.name} if one.by.id != by.person_id else {})
        for one in wishes
    ]
    return {"pins": said} if said else {}


def _evidence(item: Item, seat: Seat, *, by: Viewer, came: Came) -> dict[str, object]:
    """Who answered, as they were at that moment, and how they had signed in."""
    person = db.session.get_one(Person, by.person_id)
    role = by.role_for(item.client_id)
    behalf: dict[str, object] = {"for": seat.person.name, "for_email": seat.person.email_typed}
    return (behalf if seat.person.id != person.id else {}) | {
        "name": person.name,
        "email": person.email_typed,
        "role": role.value if role else "",
        "zone": person.zone,
        "language": person.language,
        "method": by.method,
        "signed_in_at": by.authenticated_at.isoformat(timespec="seconds") if by.authenticated_at else "",
        "session": str(by.session_id or ""),
        "device": came.device,
        "network": came.network,
    }
