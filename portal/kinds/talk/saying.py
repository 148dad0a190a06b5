"""Writes about messages: a client's are said at once, ours to clients after a look at what they will read, our notes stay with us.

Callers hold the lock of the project or item (`find` in a writing session).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Audience, Kind, record
from portal.kernel.refusal import N_, NotFound, Refused
from portal.kernel.viewer import Via, Viewer
from portal.kernel.words import says_something
from portal.kinds.files.kind import why_held
from portal.kinds.talk import hearing, reading
from portal.kinds.talk.subject import Subject, of_message, opened, thread_of
from portal.models import may
from portal.models.files import FromSide, Upload
from portal.models.talk import Message, MessageFile

MOST_FILES = 10
SAY_SOMETHING = N_("Write a sentence first.")
NOT_SEEN = N_("The client does not see this yet, so nobody would read it. Send the list first.")
NO_LONGER = N_("This cannot be changed any more: only its author can, within five minutes.")


@dataclass(frozen=True)
class Writing:
    """What somebody writes: the words, for whose eyes, whether it waits for a look before it is sent, out of which mail it came,
    and below which weekly update of the project it stands."""

    words: str
    inside: bool = False
    draft: bool = False
    source: str | None = None
    update_id: UUID | None = None


@action
def say(subject: Subject, writing: Writing, files: Sequence[Upload] = (), *, by: Viewer) -> Message:
    """Say something, note something for the firm alone, or keep it as a draft; files come with it. Words pressed twice are said once."""
    check(subject, writing, len(files), by=by)
    if not (writing.draft or writing.source or files):
        audience = Audience.INTERNAL if writing.inside else Audience.SHARED
        said = reading.just_said(subject, writing.words.strip(), audience=audience, update_id=writing.update_id, by=by)
        if said:
            return said
    message = reading.draft_of(subject, by=by) if writing.draft else None
    if message is None:
        message = _new(subject, writing, by=by)
    message.words, message.kept_at = writing.words.strip(), now()
    db.session.flush()
    _attach(message, files)
    if not writing.draft:
        _say(subject, message, by=by)
    return message


@action
def send(message: Message, *, by: Viewer) -> None:
    """Send the client what was kept and looked at."""
    subject = of_message(message)
    _need_own_draft(message, by=by)
    files = reading.files_of([message.id]).get(message.id, [])
    check(subject, Writing(message.words), 0, by=by)
    for file in files:
        if why_held(file):
            raise Refused(N_("“%(name)s” cannot be sent yet. It has to be checked for viruses and found clean first."), name=file.name)
    if not hearing.readers(subject):
        raise Refused(N_("Nobody speaks for this client yet. Add a contact person first."))
    _say(subject, message, by=by)


@action
def drop(message: Message, *, by: Viewer) -> None:
    """Throw a draft away, with its files."""
    _need_own_draft(message, by=by)
    _remove_files(message)
    message.take_back(at=now())


@action
def detach(message: Message, upload_ids: Collection[UUID], *, by: Viewer) -> None:
    """Take files off a draft."""
    _need_own_draft(message, by=by)
    for file in reading.files_of([message.id]).get(message.id, []):
        if file.id in upload_ids:
            file.removed_at = now()


@action
def change(message: Message, words: str, *, by: Viewer) -> None:
    """Put other words in the place of one's own, while nobody has been written to about them."""
    _need_changeable(message, by=by)
    if not says_something(words):
        raise Refused(SAY_SOMETHING, field="words", status=422)
    if words.strip() != message.words:
        message.change(words.strip(), at=now())
        record(Kind.MESSAGE_CHANGED, message, by=by, audience=message.audience, detail={"words": message.words})


@action
def take_back(message: Message, *, by: Viewer) -> None:
    """Unsay one's own words, while nobody has been written to about them."""
    _need_changeable(message, by=by)
    message.take_back(at=now())
    _remove_files(message)
    thread = thread_of(of_message(message))
    if thread and message.side is FromSide.CLIENT and thread.asked_at == message.at:
        thread.asked_at = reading.asked_after(message)
    record(Kind.MESSAGE_TAKEN_BACK, message, by=by, audience=message.audience)


@action
def need_no_answer(subject: Subject, *, by: Viewer) -> None:
    """Note that what the client wrote needs no answer."""
    require(may.write_note(by))
    thread = thread_of(subject)
    if thread is None:
        raise NotFound
    thread.asked_at = None


def check(subject: Subject, writing: Writing, files: int, *, by: Viewer) -> None:
    """Refuse what may not be written here, or says nothing."""
    require(may.write_note(by) if writing.inside or writing.draft else may.write_message(by, subject.client_id, subject.item))
    if by.person_id is None:
        raise Refused(N_("Only a person can write this."))
    if not writing.inside and not subject.is_shown:
        raise Refused(NOT_SEEN)
    if files > MOST_FILES:
        raise Refused(N_("At most %(max)s files fit into a message. Please choose fewer."), status=422, max=MOST_FILES)
    if not says_something(writing.words):
        raise Refused(SAY_SOMETHING, field="words", status=422)


def _new(subject: Subject, writing: Writing, *, by: Viewer) -> Message:
    message = Message(
        id=uuid4(),
        client_id=subject.client_id,
        thread_id=opened(subject).id,
        project_id=subject.project.id,
        item_id=subject.item_id,
        update_id=writing.update_id,
        audience=Audience.INTERNAL if writing.inside else Audience.SHARED,
        side=FromSide.CLIENT if by.is_client else FromSide.FIRM,
        by_id=by.person_id,
        words="",
        source=writing.source,
        via=by.via if by.via is Via.MAIL else Via.PAGE,
        kept_at=now(),
    )
    db.session.add(message)
    return message


def _say(subject: Subject, message: Message, *, by: Viewer) -> None:
    message.send(at=now())
    thread = opened(subject)
    if message.side is FromSide.CLIENT:
        thread.asked_at = thread.asked_at or message.at
    elif not message.is_internal:
        thread.asked_at = None
    db.session.flush()
    kind = Kind.NOTE_WRITTEN if message.is_internal else Kind.MESSAGE_SENT
    files = len(reading.files_of([message.id]).get(message.id, []))
    record(kind, message, by=by, audience=message.audience, files=files, detail={"words": message.words})


def _attach(message: Message, files: Sequence[Upload]) -> None:
    have = len(reading.files_of([message.id]).get(message.id, []))
    if have + len(files) > MOST_FILES:
        raise Refused(N_("At most %(max)s files fit into a message. Please choose fewer."), status=422, max=MOST_FILES)
    db.session.add_all(MessageFile(client_id=message.client_id, message_id=message.id, upload_id=file.id) for file in files)
    db.session.flush()


def _remove_files(message: Message) -> None:
    for file in reading.files_of([message.id]).get(message.id, []):
        file.removed_at = now()


def _need_own_draft(message: Message, *, by: Viewer) -> None:
    require(may.write_note(by) and message.by_id == by.person_id)
    if not message.is_draft or message.removed_at:
        raise Refused(N_("This message has been sent already."))


def _need_changeable(message: Message, *, by: Viewer) -> None:
    if not message.may_change(by.person_id, at=now()) or by.seen_as:
        raise Refused(NO_LONGER)
