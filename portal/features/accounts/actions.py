"""Writes about signing in. A link or code is claimed by one conditional update, so that exactly one browser gets in."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import update

from portal.features.accounts import queries
from portal.kernel import keys, outbox
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import acting_as, admit, db, rows_changed
from portal.kernel.policy import require
from portal.kernel.record import Kind, record
from portal.kernel.viewer import SYSTEM, Viewer
from portal.models import sessions, sign_in
from portal.models.clients import Membership
from portal.models.people import Person, Purpose, SignedIn, SignInRequest
from portal.models.sign_in import LIFE, link_for, new_request, person_with, supersede

REPLAY_GRACE = timedelta(seconds=60)


@dataclass(frozen=True)
class Entry:
    """A door that opened: the token for the browser, the session, and where the person wanted to go."""

    token: str
    session: SignedIn
    next_path: str


@action
def ask_to_sign_in(address: str, *, binding: str | None, next_path: str, ua: str, ip_net: str) -> UUID:
    """Note that somebody asks to sign in and let a mail go out if the address is known; all answers and all work look alike."""
    person = person_with(address)
    enough = queries.asks_too_often(address, ip_net)
    asked = new_request(Purpose.LOGIN, address, person, binding=binding, next_path=next_path, ua=ua, ip_net=ip_net)
    if enough:
        asked.expires_at = asked.created_at
    welcome = person is not None and not person.disabled_at and not enough
    outbox.post(
        "sign_in",
        lane=outbox.Lane.AUTH,
        person_id=person.id if person and welcome else None,
        facts={"request": str(asked.id)},
        life=LIFE[Purpose.LOGIN],
    )
    return asked.id


@action
def make_link(person: Person, purpose: Purpose, *, next_path: str) -> UUID:
    """Make a link that no browser asked for, such as the operator's own."""
    return link_for(person, purpose, next_path=next_path).id


@action
def count_try(request_id: UUID) -> bool:
    """Count one try at a code before it is compared; False when there were five already."""
    return sign_in.count_try(request_id)


def code_fits(asked: SignInRequest, typed: str) -> bool:
    """Whether this is the code of the mail. Count the try first."""
    plain = "".join(c for c in typed.upper() if c.isalnum())
    right = keys.letter_code(asked.id) if asked.purpose is Purpose.INVITE else keys.number_code(asked.id)
    return keys.same(plain, right)


@action
def claim(asked: SignInRequest, *, binding: str | None, code_ok: bool, keep: bool, ua: str, ip_net: str) -> Entry | None:
    """Turn a link (from the browser that asked) or a right code into a session, exactly once; None when it leads nowhere any more."""
    token = base64.urlsafe_b64encode(keys.mac("session", asked.id.bytes)).decode().rstrip("=")
    proven = code_ok or asked.purpose is Purpose.OPERATOR
    moment = now()
    free = (SignInRequest.consumed_at.is_(None), SignInRequest.superseded_at.is_(None), SignInRequest.expires_at > moment)
    lets_in = SignInRequest.purpose != Purpose.STEP_UP
    mine = SignInRequest.binding_hash == binding if binding else SignInRequest.id.is_(None)
    winning = update(SignInRequest).where(SignInRequest.id == asked.id, lets_in, *free, *([] if proven else [mine]))
    if not rows_changed(winning.values(consumed_at=moment)):
        return _replayed(asked, token, binding)
    person = db.session.get(Person, asked.person_id) if asked.person_id else None
    if person is None or person.disabled_at:
        return None
    row = sessions.begin(person, token, method="code" if code_ok else asked.purpose.value, keep=keep, ua=ua, ip_net=ip_net)
    db.session.execute(update(SignInRequest).where(SignInRequest.id == asked.id).values(signed_in_id=row.id))
    supersede(person.id, Purpose.LOGIN)
    with acting_as(SYSTEM):
        viewer = sessions.viewer_of(person, row)
        db.session.execute(
            update(Membership).where(Membership.person_id == person.id, Membership.joined_at.is_(None)).values(joined_at=moment)
        )
    admit(viewer)
    record(Kind.SIGNED_IN, row, by=viewer, person=person.id, method=row.method)
    return Entry(token, row, asked.next_path)


@action
def sign_out(*, by: Viewer) -> None:
    """End the viewer's own session."""
    if by.session_id is None:
        return
    sessions.end(by.session_id)
    row = db.session.get(SignedIn, by.session_id)
    record(Kind.SIGNED_OUT, row, by=by)


@action
def change_myself(person: Person, values: Mapping[str, str], *, by: Viewer) -> None:
    """Keep what somebody says about themselves: name, language, zone, phone, title."""
    require(by.person_id == person.id and by.seen_as is None)
    changed = {name: value.strip() for name, value in values.items() if getattr(person, name) != value.strip()}
    for name, value in changed.items():
        setattr(person, name, value)
    if changed:
        record(Kind.PERSON_CHANGED, person, by=by, detail=changed)


@action
def end_session(session_id: UUID, *, by: Viewer) -> None:
    """End one of the viewer's own sessions, on another device."""
    done = update(SignedIn).where(SignedIn.id == session_id, SignedIn.person_id == by.person_id, SignedIn.revoked_at.is_(None))
    if rows_changed(done.values(revoked_at=now())):
        record(Kind.SESSIONS_REVOKED, db.session.get(SignedIn, session_id), by=by, count=1)


@action
def end_other_sessions(*, by: Viewer) -> int:
    """End all sessions of the viewer but this one."""
    if by.person_id is None:
        return 0
    count = sessions.end_all(by.person_id, but=by.session_id)
    record(Kind.SESSIONS_REVOKED, db.session.get(Person, by.person_id), by=by, count=count)
    return count


def _replayed(asked: SignInRequest, token: str, binding: str | None) -> Entry | None:
    """The same browser again within a minute (a double click): the same session, not a second one."""
    db.session.refresh(asked)
    if not (asked.consumed_at and asked.signed_in_id and now() - asked.consumed_at <= REPLAY_GRACE):
        return None
    if not (binding and asked.binding_hash and keys.same(binding, asked.binding_hash)):
        return None
    row = db.session.get(SignedIn, asked.signed_in_id)
    return Entry(token, row, asked.next_path) if row and not row.revoked_at else None
