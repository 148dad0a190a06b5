"""The worker: takes outbox rows one by one, writes the letter, hands it to the transport, and notes how it went."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy import select

from portal.edges.letterbox.addresses import reply_address
from portal.edges.mail import Transport, TryAgain
from portal.edges.parcel import Parcel, Undeliverable
from portal.kernel import outbox
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db, open_session
from portal.kernel.outbox import Lane, Outbox, Stand
from portal.kernel.viewer import SYSTEM
from portal.models.clients import Client
from portal.models.marks import MailSent
from portal.models.people import Person, SignedIn, the_firm
from portal.models.projects import Project
from portal.models.sessions import roles_of
from portal.web.letterpress import Letter
from portal.web.letters import NotNow, compose_row

KEEP_TRYING = timedelta(hours=72)
POISON_TRIES = 5
NOT_ITS_FAULT = timedelta(seconds=20)


def drain(app: Flask, transport: Transport, *, most: int = 500) -> int:
    """Send what is due; returns how many rows were dealt with. Trouble with one mail never stops the others."""
    dealt = 0
    with app.app_context():
        try:
            while dealt < most and (row := claimed()) is not None:
                dealt += 1
                if not _deal_with(row, transport):
                    break
        finally:
            transport.close()
            db.session.remove()
    return dealt


def claimed(*, work: bool = False, only: Collection[str] = (), never: Collection[str] = ()) -> Outbox | None:
    """The next mail (or chore), leased and let go of by the session: its lease stays the one we hold, whatever others write meanwhile."""
    open_session(SYSTEM, writes=True)
    row = _claim(work=work, only=only, never=never)
    if row is not None:
        db.session.expunge(row)
    return row


@action
def _claim(*, work: bool, only: Collection[str], never: Collection[str]) -> Outbox | None:
    return outbox.claim(work=work, only=only, never=never)


def _deal_with(row: Outbox, transport: Transport) -> bool:
    """Send one row; False when the whole lane has to wait. Nothing is locked while a server takes its time."""
    try:
        open_session(SYSTEM, writes=False)
        parcel = _write(row)
        db.session.rollback()
        if parcel is None:
            return _note(row, Stand.CANCELLED)
        transport.send(parcel)
    except NotNow as wait:
        return _note(row, Stand.WAITING, again_in=timedelta(seconds=wait.seconds))
    except TryAgain as trouble:
        over = now() - row.made_at > KEEP_TRYING
        _note(row, Stand.PARKED if over else Stand.WAITING, error=str(trouble), again=not over, free=trouble.whole_lane)
        return not trouble.whole_lane
    except Undeliverable as trouble:
        return _note(row, Stand.PARKED, error=str(trouble), bounced=trouble.bad_address)
    except Exception as trouble:  # a mail that cannot be written or built must not stop the rest
        current_app.logger.exception("mail %s cannot be written", row.id)
        poisoned = row.attempts >= POISON_TRIES
        return _note(row, Stand.PARKED if poisoned else Stand.WAITING, error=type(trouble).__name__, again=not poisoned)
    return _note(row, Stand.SENT)


def _note(
    row: Outbox,
    state: Stand,
    *,
    error: str | None = None,
    again: bool = False,
    again_in: timedelta | None = None,
    free: bool = False,
    bounced: bool = False,
) -> bool:
    open_session(SYSTEM, writes=True)
    wait = (NOT_ITS_FAULT if free else outbox.back_off(row.attempts)) if again else again_in
    _settle(row, state, error=error, wait=wait, free=free or again_in is not None, bounced=bounced)
    return True


@action
def _settle(row: Outbox, state: Stand, *, error: str | None, wait: timedelta | None, free: bool, bounced: bool) -> None:
    """Write down how it went; `free` means that the try was not this mail's fault."""
    if not outbox.settle(row, state, error=error, again_in=wait, free=free):
        return
    person = db.session.get(Person, row.person_id) if row.person_id else None
    if person and (bounced or (state is Stand.SENT and person.mail_bounced_at and _reaches(person))):
        person.mail_bounced_at = now() if bounced else None
    if state is Stand.SENT and row.message_id and db.session.get(MailSent, row.message_id) is None:
        item_id = UUID(str(row.facts["item"])) if row.facts.get("item") else None
        db.session.add(
            MailSent(
                message_id=row.message_id, person_id=row.person_id, project_id=row.project_id, item_id=item_id, kind=row.kind, at=now()
            )
        )


def _reaches(person: Person) -> bool:
    """Whether mails reach somebody again after one came back: a server that takes them says so, but if it was one that it had taken,
    only their signing in does."""
    since = person.mail_bounced_at
    returned = (MailSent.person_id == person.id, MailSent.bounced_at == since)
    if since is None or db.session.scalar(select(MailSent.message_id).where(*returned).limit(1)) is None:
        return True
    seen = (SignedIn.person_id == person.id, SignedIn.created_at > since)
    return db.session.scalar(select(SignedIn.token_hash).where(*seen).limit(1)) is not None


def _write(row: Outbox) -> Parcel | None:
    """The parcel of a row, or None when there is nothing to send any more. The same row always has the same Message-ID."""
    if row.person_id is None or (row.expires_at and row.expires_at <= now()):
        return None
    person = db.session.get(Person, row.person_id)
    if person is None or (row.lane is not Lane.RECEIPT and (person.disabled_at or _has_left(person, row))):
        return None
    letter = compose_row(row, person)
    return _address(row, person, letter) if letter else None


def _has_left(person: Person, row: Outbox) -> bool:
    """Whether a contact has no access any more to the client that this mail is about."""
    return not person.is_staff and row.client_id is not None and row.client_id not in roles_of(person.id)


def _address(row: Outbox, person: Person, letter: Letter) -> Parcel:
    firm = the_firm()
    project = db.session.get(Project, row.project_id) if row.project_id else None
    lead = _lead(row, project)
    host = current_app.config["SERVER_NAME"].split(":")[0]
    row.message_id = f"<{row.id.hex}@{host}>"
    thread = f"<project-{project.id.hex}@{host}>" if project else ""
    name = firm.mail_name or firm.name
    return Parcel(
        to_address=person.email_typed,
        to_name=person.name,
        from_address=firm.mail_address or f"portal@{host}",
        from_name=f"{lead.name}, {name}" if lead and row.lane is not Lane.AUTH else name,
        reply_to=_answers_to(row, lead),
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        message_id=row.message_id,
        dated=now(),
        in_reply_to=thread,
        references=(thread,) if thread else (),
        headers=_ends(letter),
    )


def _answers_to(row: Outbox, lead: Person | None) -> str:
    """Where answers go: to the portal, which files them, where it takes mail in; else to whoever looks after the project."""
    base = current_app.config["REPLY_ADDRESS"]
    if base and row.project_id and row.lane is not Lane.AUTH:
        return reply_address(base, row.project_id, UUID(str(row.facts["item"])) if row.facts.get("item") else None)
    return lead.email_typed if lead else ""


def _ends(letter: Letter) -> dict[str, str]:
    """How mail programs offer to end letters like this one with one press."""
    if not letter.unsubscribe:
        return {}
    return {"List-Unsubscribe": f"<{letter.unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Precedence": "bulk"}


def _lead(row: Outbox, project: Project | None) -> Person | None:
    """Who looks after what this mail is about; answers go to them."""
    client = db.session.get(Client, row.client_id) if row.client_id else None
    lead_id = project.lead_id if project else client.lead_id if client else None
    return db.session.get(Person, lead_id) if lead_id else None
