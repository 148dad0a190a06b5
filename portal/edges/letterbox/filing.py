"""Files a mail: to the thread its address or its references name, as a message of whoever wrote it, once; else with those to look at.

Loops cannot arise: what a program wrote is never answered or filed, our own mails say that a program wrote them, nobody who is not
known gets an answer, and the one receipt a person gets a day is such a mail of ours.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import FileStorage

from portal.edges.letterbox import bounces, receipts
from portal.edges.letterbox.addresses import read_address
from portal.edges.letterbox.opening import Post, open_post
from portal.kernel.clock import now
from portal.kernel.db import db, open_session
from portal.kernel.refusal import Forbidden, NotFound, Refused
from portal.kernel.viewer import SYSTEM, Via, Viewer
from portal.kinds.talk import saying, strays, subject
from portal.kinds.talk.landing import WithMessage
from portal.kinds.talk.saying import Writing
from portal.kinds.talk.strays import Found
from portal.kinds.talk.subject import Subject
from portal.models.files import FromSide
from portal.models.items import Item
from portal.models.marks import MailSent
from portal.models.people import Person
from portal.models.sessions import viewer_of
from portal.models.talk import Message, StrayMail
from portal.web.receiving import take_all

MOST_BYTES = 40_000_000
BEGINNING = 20_000  # bytes of a mail that is too large: who wrote it, and about what
MOST_AN_HOUR = 30


class Fate(StrEnum):
    """What became of a mail."""

    FILED = "filed"
    HELD = "held"
    IGNORED = "ignored"
    TWICE = "twice"
    RETURNED = "returned"


def file_mail(raw: bytes) -> Fate:
    """File one mail as it came in. Only trouble of our own is raised; the mail is then given to us again."""
    try:
        post = open_post(raw if len(raw) <= MOST_BYTES else raw[:BEGINNING])
    except Exception:  # whatever a stranger sends, the next mail is still read
        current_app.logger.exception("a mail cannot be read")
        return _hold(Post(_digest(raw), "", (), (), "", "", (), is_automatic=False, is_forged=False), "unreadable")
    if post.returned and bounces.note(post.returned):
        return Fate.RETURNED
    if post.is_automatic or post.sender == current_app.config["REPLY_ADDRESS"].lower():
        return Fate.IGNORED
    open_session(SYSTEM, writes=False)
    if _is_known(post.source):
        return Fate.TWICE
    place = _place_of(post)
    if len(raw) > MOST_BYTES:
        return _hold(post, "too_large", place)
    return _file(post, place)


def _file(post: Post, place: tuple[UUID, UUID | None] | None) -> Fate:
    person = db.session.scalar(select(Person).where(Person.email_canon == post.sender)) if post.sender else None
    if person is None or person.disabled_at:
        return _hold(post, "stranger", place)
    if post.is_forged:
        return _hold(post, "forged", place)
    if place is None:
        return _hold(post, "nowhere")
    if _lately(person) >= MOST_AN_HOUR:
        return _hold(post, "too_many", place)
    by = replace(viewer_of(person), via=Via.MAIL)
    try:
        return _say(post, place, by)
    except (NotFound, Forbidden):
        return _hold(post, "not_theirs", place)
    except Refused:
        return _hold(post, "unreadable", place)
    except IntegrityError:  # another worker was quicker with the same mail
        db.session.rollback()
        return Fate.TWICE


def _say(post: Post, place: tuple[UUID, UUID | None], by: Viewer) -> Fate:
    """Say it as its author; a member of the firm only ever adds a note this way, for a message to a client is looked at before it goes."""

    def find() -> Subject:
        return subject.of_item(place[1]) if place[1] else subject.of_project(place[0])

    writing = Writing(post.words or post.title or "–", inside=by.is_staff, source=post.source)
    turned: list[str] = []
    if post.files:
        open_session(by, writes=False)
        side = FromSide.CLIENT if by.is_client else FromSide.FIRM
        files = [FileStorage(io.BytesIO(one.content), one.name) for one in post.files]
        turned = [one.name for one in take_all(files, to=lambda: WithMessage(find(), writing, side))] + list(post.left)
    else:
        open_session(by, writes=True)
        saying.say(find(), writing, by=by)
    receipts.confirm(by, place, turned)
    return Fate.FILED


def _place_of(post: Post) -> tuple[UUID, UUID | None] | None:
    """The project and item a mail is about: by the address it was sent to, else by the mails of ours it answers."""
    base = current_app.config["REPLY_ADDRESS"]
    for address in post.recipients if base else ():
        named = read_address(base, address)
        if named and named[0] == "project":
            return named[1], None
        item = db.session.scalar(select(Item).where(Item.id == named[1])) if named else None
        if item:
            return item.project_id, item.id
    sent = select(MailSent.project_id, MailSent.item_id).where(MailSent.message_id.in_(post.answers), MailSent.project_id.is_not(None))
    row = db.session.execute(sent.order_by(MailSent.at.desc()).limit(1)).first() if post.answers else None
    return (row[0], row[1]) if row and row[0] else None


def _hold(post: Post, why: str, place: tuple[UUID, UUID | None] | None = None) -> Fate:
    open_session(SYSTEM, writes=True)
    project_id, item_id = place or (None, None)
    names = tuple(one.name for one in post.files)
    found = Found(post.source, post.sender, post.title, post.words, names, why, project_id, item_id)
    return Fate.HELD if strays.hold(found, by=SYSTEM) else Fate.IGNORED


def _is_known(source: str) -> bool:
    said = db.session.scalar(select(Message.id).where(Message.source == source))
    return bool(said or db.session.scalar(select(StrayMail.id).where(StrayMail.source == source)))


def _lately(person: Person) -> int:
    mine = (Message.by_id == person.id, Message.via == Via.MAIL, Message.at > now() - timedelta(hours=1))
    return db.session.scalar(select(func.count(Message.id)).where(*mine)) or 0


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
