"""A fresh proof of who answers: the typed full name, and a code mailed then, bound to one person, session, version and answer to it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from portal.kernel import keys, outbox
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db, rows_changed
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds.approvals import consents
from portal.kinds.approvals.consents import Consent
from portal.models.approvals import ApprovalVersion, Choice
from portal.models.people import Person, Purpose, SignInRequest
from portal.models.sign_in import LIFE, count_try, new_request

CODE = "code"
MOST, A_DAY = 5, 20
SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})
WINDOW, AT_ONCE = timedelta(minutes=15), timedelta(seconds=60)
WRONG_CODE = N_("That code does not fit. Check the newest email.")
OUT_OF_TRIES = N_("That code does not fit. After five tries a code is used up: please ask for a new one.")
TOO_OLD = N_("No code is open any more: each lives for ten minutes. Please ask for a new one.")
USED = N_("This code was used already. Please ask for a new one.")
ENOUGH = N_("We have sent you several codes in a short time. Please use the newest, or wait a quarter of an hour.")
OTHER_TEXT = N_("The text you agree to has changed in the meantime. Please read it and send your answer once more.")
WRONG_NAME = N_("This is not the name we know you by. Please write it as it stands here: %(name)s")


@dataclass(frozen=True)
class Said:
    """The answer as it is shown where the proof is asked for; another one needs a proof of its own."""

    choice: Choice
    words: str = ""
    seat: UUID | None = None


@dataclass(frozen=True)
class Typed:
    """What somebody types to prove who they are, and the fingerprint of the text they read with it."""

    code: str
    name: str
    consent: str


@dataclass(frozen=True)
class Proof:
    """That somebody has just shown who they are: by which code, where it went and when, the name they typed, and what they agreed to."""

    request_id: UUID
    sent_to: str
    sent_at: datetime
    name: str
    consent: Consent

    @property
    def way(self) -> str:
        """How it was proven."""
        return CODE

    @property
    def told(self) -> dict[str, object]:
        """What evidence says of it."""
        said = {"proof_to": self.sent_to, "proof_at": self.sent_at.isoformat(timespec="seconds"), "typed_name": self.name}
        return said | {"consent_n": self.consent.n, "consent_language": self.consent.language}


@action
def ask_for_code(version: ApprovalVersion, said: Said, *, by: Viewer, ua: str = "", ip_net: str = "") -> None:
    """Mail a code, unless one has just left for the same press."""
    person = db.session.get_one(Person, by.person_id)
    moment = now()
    if any(moment - asked.created_at < AT_ONCE for asked in _open(version, said, by=by)):
        return
    if _asked(person.id, since=moment - WINDOW) >= MOST or _asked(person.id, since=moment - timedelta(days=1)) >= A_DAY:
        raise Refused(ENOUGH, field="code", status=429)
    address = person.email_canon
    asked = new_request(Purpose.STEP_UP, address, person, next_path="/", binding=_binding(version, said, by=by), ua=ua, ip_net=ip_net)
    facts: dict[str, object] = {
        "request": str(asked.id),
        "item": str(version.item_id),
        "version": str(version.id),
        "choice": said.choice.value,
    }
    outbox.post("step_up", lane=outbox.Lane.AUTH, person_id=person.id, facts=facts, client_id=version.client_id, life=LIFE[Purpose.STEP_UP])


def prove(version: ApprovalVersion, said: Said, typed: Typed, *, by: Viewer) -> Proof:
    """Check what was typed. A try is counted, and kept, before a code is compared; after that rows must be found anew."""
    person = db.session.get_one(Person, by.person_id)
    name, address = person.name, person.email_typed
    if not same_name(typed.name, name):
        raise Refused(WRONG_NAME, field="full_name", status=422, name=name)
    consent = consents.agreed(typed.consent)
    if consent is None or consent != consents.newest(consents.DECISION, consent.language):
        raise Refused(OTHER_TEXT, field="consent", status=422)
    plain = "".join(c for c in typed.code if c.isalnum())
    if not plain:
        raise Refused(N_("Type the code from the email."), field="code", status=422)
    codes = [(asked.id, asked.created_at) for asked in _open(version, said, by=by)]
    left = [(request_id, sent_at) for request_id, sent_at in codes if _try(request_id)]
    for request_id, sent_at in left:
        if keys.same(plain, keys.number_code(request_id)):
            return Proof(request_id, masked(address), sent_at, " ".join(typed.name.split()), consent)
    raise Refused(WRONG_CODE if left else OUT_OF_TRIES if codes else TOO_OLD, field="code", status=422)


def use(proof: Proof, version: ApprovalVersion, said: Said, *, by: Viewer, at: datetime) -> None:
    """Let a proof count, once, for the very answer and session it was given for. Called inside the action that decides."""
    mine = (SignInRequest.id == proof.request_id, SignInRequest.binding_hash == _binding(version, said, by=by))
    fresh = (SignInRequest.consumed_at.is_(None), SignInRequest.expires_at > at)
    if not rows_changed(update(SignInRequest).where(*mine, *fresh).values(consumed_at=at)):
        raise Refused(USED, field="code", status=409)


def code_of(request_id: UUID) -> str | None:
    """The code of a request, as long as it is good for something."""
    asked = db.session.scalar(select(SignInRequest).where(SignInRequest.id == request_id, SignInRequest.purpose == Purpose.STEP_UP))
    return keys.number_code(asked.id) if asked and not asked.consumed_at and asked.expires_at > now() else None


def same_name(typed: str, name: str) -> bool:
    """Whether two names are the same but for case, spaces and accents; "Gruen" stands for "Grün" as "Grun" does."""
    return bool(_bare(typed)) and not _spellings(typed).isdisjoint(_spellings(name))


def masked(address: str) -> str:
    """An address as a receipt shows it: enough to know it again."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


@action
def _try(request_id: UUID) -> bool:
    return count_try(request_id)


def _open(version: ApprovalVersion, said: Said, *, by: Viewer) -> list[SignInRequest]:
    mine = (SignInRequest.purpose == Purpose.STEP_UP, SignInRequest.binding_hash == _binding(version, said, by=by))
    fresh = (SignInRequest.person_id == by.person_id, SignInRequest.consumed_at.is_(None), SignInRequest.expires_at > now())
    return list(db.session.scalars(select(SignInRequest).where(*mine, *fresh).order_by(SignInRequest.created_at.desc())))


def _asked(person_id: UUID, *, since: datetime) -> int:
    theirs = (SignInRequest.purpose == Purpose.STEP_UP, SignInRequest.person_id == person_id, SignInRequest.created_at > since)
    return db.session.scalar(select(func.count()).select_from(SignInRequest).where(*theirs)) or 0


def _binding(version: ApprovalVersion, said: Said, *, by: Viewer) -> str:
    answer = f"{said.choice.value} {said.seat or by.person_id} {' '.join(said.words.split())}"
    return keys.mac("step_up", f"{by.person_id} {version.id} {by.session_id} {answer}").hex()


def _spellings(name: str) -> set[str]:
    return {_bare(name), _bare(unicodedata.normalize("NFC", name.casefold()).translate(SPELLED_OUT))}


def _bare(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c) and not c.isspace())
