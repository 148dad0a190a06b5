"""Reads about the firm: its row, and the mail that did not go out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.outbox import Lane, Outbox, Stand
from portal.kernel.refusal import N_, NotFound
from portal.models.clients import Client
from portal.models.files import Upload
from portal.models.people import Firm, Person, named_firm

MOST_SHOWN = 50
CHORES = {
    "scan": N_("Virus scan"),
    "rescan": N_("Virus scan with new signatures"),
    "preview": N_("Preview"),
    "finish": N_("Putting a file together"),
    "purge": N_("Removing files nobody needs any more"),
    "forget_picture": N_("Removing a picture no questionnaire shows any more"),
    "expire": N_("Closing a decision whose time is over"),
    "secrets": N_("Forgetting a secret once its time is over"),
    "silence": N_("Looking whether silence counts"),
    "receipt": N_("Writing the receipt of a decision"),
    "anchor": N_("Writing down where the record ends"),
    "anchor_lock": N_("Locking away where the record ends"),
    "anchor_stamp": N_("Time-stamping where the record ends"),
}
KINDS = {
    "sign_in": N_("Sign-in link"),
    "step_up": N_("Code for an important decision"),
    "staff_invite": N_("Invitation to the team"),
    "test_mail": N_("Test email"),
    "record_anchored": N_("Where the record ends"),
    "first_mail": N_("First email"),
    "items_sent": N_("New items"),
    "sent_back": N_("An item sent back"),
    "accepted": N_("Thanks for what came in"),
    "nudge": N_("Nudge"),
    "reminder": N_("Reminder"),
    "morning": N_("Morning letter"),
    "receipt": N_("Receipt"),
    "delivery_received": N_("News of a delivery"),
    "file_locked": N_("News of a locked file"),
    "files_given": N_("New files"),
    "part_asked": N_("Something handed to a colleague"),
    "part_done": N_("A colleague is done"),
    "decision_asked": N_("Decision asked"),
    "decision_heard": N_("Question whether a decision was heard right"),
    "decision_denied": N_("News that a decision was heard wrong"),
    "decision_news": N_("News of a decision"),
    "decision_receipt": N_("Receipt of a decision"),
    "decision_taken_back": N_("A decision taken back"),
    "change_asked": N_("A wish for something else"),
    "change_closed": N_("A change request closed"),
    "deputy_named": N_("Somebody decides for somebody"),
    "deputy_ended": N_("Somebody decides no longer for somebody"),
    "comments_made": N_("New comments on a version"),
    "snag_told": N_("Something is in a client’s way"),
    "snag_answered": N_("Answer to what was in a client’s way"),
    "call_asked": N_("A call asked for"),
    "call_fixed": N_("The time of a call"),
    "call_declined": N_("Answer to a wish for a call"),
    "call_withdrawn": N_("A call taken back"),
    "call_summed": N_("What was said in a call"),
    "call_corrected": N_("A correction of what was said in a call"),
    "weekly_update": N_("Weekly update"),
    "update_answered": N_("Answer to a weekly update"),
    "bad_news": N_("Bad news"),
    "project_closed": N_("Thanks at the end of a project"),
    "feedback_given": N_("What a client thought of a project"),
    "assumptions_asked": N_("What we take for granted"),
    "assumption_answered": N_("What the client says of an assumption"),
    "goals_waiting": N_("Goals that wait for a yes"),
    "goal_agreed": N_("A goal both agreed to"),
    "goal_reviewed": N_("What the client says of a goal"),
    "goal_ended": N_("A goal given up"),
    "message_said": N_("New messages"),
    "mail_filed": N_("Receipt for an email that came in"),
    "silence_offered": N_("Question about what silence means"),
    "silence_agreed": N_("Receipt that silence may count"),
    "silence_ended": N_("News that silence may count no more"),
    "silence_soon": N_("Second notice before silence counts"),
    "silence_deemed": N_("News that silence counted"),
    "silence_stopped": N_("News that silence counts no more"),
    "version_expired": N_("A decision that was not made in time"),
}

STUCK = or_(Outbox.state == Stand.PARKED, and_(Outbox.state == Stand.WAITING, Outbox.error.is_not(None)))


@dataclass(frozen=True)
class StuckMail:
    """A mail that did not go out (yet), for whom, and why."""

    row: Outbox
    words: str
    person: Person | None
    client_name: str | None

    @property
    def is_parked(self) -> bool:
        """Whether it waits for somebody to look; otherwise the next try comes by itself."""
        return self.row.state is Stand.PARKED

    @property
    def is_too_old(self) -> bool:
        """Whether sending it now would help nobody."""
        return bool(self.row.expires_at and self.row.expires_at <= now())


def firm() -> Firm:
    """The firm's row."""
    found = named_firm()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class RoomTaken:
    """How much the files of all clients take, and who has the most."""

    bytes: int
    fullest: Client | None


def room_taken() -> RoomTaken:
    """How much is used now."""
    fullest = db.session.scalar(select(Client).where(Client.bytes_used > 0).order_by(Client.bytes_used.desc(), Client.name).limit(1))
    return RoomTaken(int(db.session.scalar(select(func.sum(Client.bytes_used))) or 0), fullest)


def words_for(kind: str) -> str:
    """What a kind of mail is called."""
    return KINDS.get(kind, N_("Mail"))


@dataclass(frozen=True)
class StuckChore:
    """Work of our own that was tried in vain, and for which file."""

    row: Outbox
    words: str
    file: str | None
    client_name: str | None

    @property
    def is_parked(self) -> bool:
        """Whether it waits for somebody to look; otherwise the next try comes by itself."""
        return self.row.state is Stand.PARKED


def stuck_chores() -> list[StuckChore]:
    """Work that is parked or was tried in vain, newest first."""
    query = select(Outbox, Client.name).outerjoin(Client, Client.id == Outbox.client_id)
    query = query.where(STUCK, Outbox.lane == Lane.WORK).order_by(Outbox.state, Outbox.made_at.desc()).limit(MOST_SHOWN)
    rows = db.session.execute(query).all()
    ids = [UUID(str(row.facts["upload"])) for row, _ in rows if row.facts.get("upload")]
    files = db.session.execute(select(Upload.id, Upload.name).where(Upload.id.in_(ids))) if ids else ()
    of_file = {str(upload_id): name for upload_id, name in files}
    return [StuckChore(row, CHORES.get(row.kind, N_("Work")), of_file.get(str(row.facts.get("upload"))), name) for row, name in rows]


def stuck_mails() -> list[StuckMail]:
    """Mail that is parked or was tried in vain, newest first."""
    query = select(Outbox, Person, Client.name).outerjoin(Person, Person.id == Outbox.person_id)
    query = query.outerjoin(Client, Client.id == Outbox.client_id).order_by(Outbox.state, Outbox.made_at.desc()).limit(MOST_SHOWN)
    query = query.where(STUCK, Outbox.lane != Lane.WORK)
    return [StuckMail(row, words_for(row.kind), person, name) for row, person, name in db.session.execute(query)]


def stuck_mail(row_id: UUID) -> Outbox:
    """One row of the outbox; raises NotFound."""
    row = db.session.get(Outbox, row_id)
    if row is None:
        raise NotFound
    return row


def test_mails_to(person_id: UUID | None) -> list[Outbox]:
    """The latest test mails to a person."""
    mine = (Outbox.kind == "test_mail", Outbox.person_id == person_id)
    return list(db.session.scalars(select(Outbox).where(*mine).order_by(Outbox.made_at.desc()).limit(3)))


def is_under_way(row: Outbox) -> bool:
    """Whether a mail may still leave these two minutes."""
    return row.state in (Stand.WAITING, Stand.LEASED) and row.made_at > now() - timedelta(minutes=2)
