"""How decisions are made in the demo: with a fresh proof where one is asked for."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import select

from portal.demo.coming_in import TELEPHONE
from portal.features.approvals import actions
from portal.features.approvals.actions import Came, Given
from portal.kernel.db import db
from portal.kernel.keys import number_code
from portal.kernel.scope import find
from portal.kernel.viewer import Viewer
from portal.kinds.approvals import consents, proofs
from portal.kinds.approvals.kind import standing_version
from portal.kinds.approvals.proofs import Proof, Said, Typed
from portal.models.approvals import ApprovalVersion, Choice
from portal.models.items import Item
from portal.models.people import Person, Purpose, SignInRequest


def answer(item: Item, choice: Choice, words: str, *, by: Viewer) -> None:
    """Decide on the version that stands, from a telephone."""
    version = standing_version(item.id)
    given = Given(choice, words, version.id if version else None, uuid4().hex)
    proof = _proven(version, given.said, by=by) if version and version.shown.deciding.important else None
    actions.decide(find(Item, item.id), given, by=by, came=Came(TELEPHONE, "192.0.2.0/24"), proof=proof)


def _proven(version: ApprovalVersion, said: Said, *, by: Viewer) -> Proof:
    """Ask for a code, read it in the mail, and type it with one's name below the text."""
    proofs.ask_for_code(version, said, by=by, ua=TELEPHONE, ip_net="192.0.2.0/24")
    person = db.session.get_one(Person, by.person_id)
    asked = (SignInRequest.person_id == person.id, SignInRequest.purpose == Purpose.STEP_UP)
    newest = select(SignInRequest.id).where(*asked).order_by(SignInRequest.created_at.desc()).limit(1)
    code = number_code(db.session.scalars(newest).one())
    consent = consents.newest(consents.DECISION, person.language)
    return proofs.prove(version, said, Typed(code, person.name, consent.sha256), by=by)
