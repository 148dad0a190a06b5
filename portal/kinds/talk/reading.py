"""Reads about messages. The scope hides notes and drafts from contacts; what reads as the system asks for what both sides see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, Subquery, and_, func, or_, select

from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.record import Audience
from portal.kernel.viewer import Viewer
from portal.kinds.talk.subject import Subject, thread_of
from portal.models.clients import Client
from portal.models.files import Upload
from portal.models.items import Item
from portal.models.marks import Seen
from portal.models.news import WeeklyUpdate
from portal.models.people import Person
from portal.models.projects import Project
from portal.models.talk import Message, MessageFile, Thread, said_to_both

SEEN = "thread"
MOST = 200
PAGE = 40
SAME_PRESS = timedelta(minutes=1)
STANDS = (Message.at.is_not(None), Message.removed_at.is_(None))


@dataclass(frozen=True)
class Said:
    """One message: who said it, what came with it, below which weekly update it was written, and who of the other side has read it."""

    message: Message
    by: Person
    update: WeeklyUpdate | None = None
    files: list[Upload] = field(default_factory=list)
    seen_by: list[Person] = field(default_factory=list)
    may_change: bool = False


@dataclass(frozen=True)
class Row:
    """A thread in a list: about what, the last thing said, how much the viewer has not read, and since when we owe an answer."""

    thread: Thread
    project: Project
    client: Client
    item: Item | None
    last: Message
    by: Person
    unread: int


def said_in(subject: Subject, *, viewer: Viewer) -> list[Said]:
    """What stands in the talk about something, the oldest first; of a long talk the last part."""
    query = _told().where(*subject.here, *STANDS)
    newest = query.order_by(Message.at.desc(), Message.id.desc()).limit(MOST)
    rows = [(row[0], row[1], row[2]) for row in db.session.execute(newest)][::-1]
    files = files_of([message.id for message, _, _ in rows])
    marks = _marks_on(subject) if rows else []
    last = next((message.id for message, by, _ in reversed(rows) if not message.is_internal and by.is_staff is viewer.is_staff), None)
    moment = now()
    return [
        Said(
            message,
            by,
            update,
            files.get(message.id, []),
            _seen_by(message, by, marks) if message.id == last else [],
            message.may_change(viewer.person_id, at=moment) and not viewer.seen_as,
        )
        for message, by, update in rows
    ]


def said_below(update_id: UUID) -> list[tuple[Message, Person]]:
    """What was written below a weekly update, the oldest first."""
    query = select(Message, Person).join(Person, Person.id == Message.by_id).where(Message.update_id == update_id, *said_to_both())
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Message.at, Message.id).limit(MOST))]


def said_since(thread_id: UUID, since: datetime, until: datetime) -> list[tuple[Message, Person, WeeklyUpdate | None]]:
    """What was said to both sides in a thread within some time, the oldest first."""
    query = _told().where(Message.thread_id == thread_id, *said_to_both(), Message.at >= since, Message.at <= until)
    return [(row[0], row[1], row[2]) for row in db.session.execute(query.order_by(Message.at, Message.id))]


def files_of(message_ids: Collection[UUID]) -> dict[UUID, list[Upload]]:
    """The files that came with messages, by message."""
    found: dict[UUID, list[Upload]] = defaultdict(list)
    query = select(MessageFile.message_id, Upload).join(Upload, Upload.id == MessageFile.upload_id)
    query = query.where(MessageFile.message_id.in_(message_ids), Upload.removed_at.is_(None))
    for message_id, upload in db.session.execute(query.order_by(Upload.received_at, Upload.name, Upload.id)) if message_ids else ():
        found[message_id].append(upload)
    return found


def draft_of(subject: Subject, *, by: Viewer) -> Message | None:
    """What this person keeps as a draft about something."""
    mine = (Message.by_id == by.person_id, Message.at.is_(None), Message.removed_at.is_(None))
    return db.session.scalar(select(Message).where(*subject.here, *mine).order_by(Message.kept_at.desc()).limit(1))


def just_said(subject: Subject, words: str, *, audience: Audience, update_id: UUID | None, by: Viewer) -> Message | None:
    """The same words that this person said here within the last minute: the second press of one button."""
    mine = (Message.by_id == by.person_id, Message.at > now() - SAME_PRESS)
    same = (Message.words == words, Message.audience == audience, Message.update_id == update_id)
    return db.session.scalar(select(Message).where(*subject.here, *STANDS, *mine, *same).order_by(Message.at.desc()).limit(1))


def rows(viewer: Viewer, *, n: int = 1, client_id: UUID | None = None) -> tuple[list[Row], bool]:
    """One page of threads, those first that wait for our answer (for a client: that have something new), and whether more follow."""
    last = _last_at()
    query = select(Thread, Project, Client, Item, Message, Person)
    query = query.join(Message, and_(Message.thread_id == Thread.id, *STANDS)).join(Person, Person.id == Message.by_id)
    query = query.join(last, and_(last.c.thread_id == Thread.id, last.c.at == Message.at))
    query = query.join(Project, Project.id == Thread.project_id).join(Client, Client.id == Thread.client_id)
    query = query.outerjoin(Item, and_(Item.client_id == Thread.client_id, Item.id == Thread.item_id))
    if client_id:
        query = query.where(Thread.client_id == client_id)
    waits_first = [Thread.asked_at.is_(None), Thread.asked_at] if viewer.is_staff else []
    query = query.order_by(*waits_first, last.c.at.desc(), Thread.id).limit(PAGE + 1).offset((n - 1) * PAGE)
    found = {row[0].id: row for row in db.session.execute(query)}
    unread = _unread(list(found), viewer)
    return [Row(*row, unread.get(row[0].id, 0)) for row in list(found.values())[:PAGE]], len(found) > PAGE


@dataclass(frozen=True)
class Talked:
    """How the talk of a project stands: when something was last said or noted, and how many threads wait for our answer."""

    last_at: datetime | None
    waiting: int


def talked(project_id: UUID) -> Talked:
    """The same, in one statement."""
    last = select(func.max(Message.at)).where(Message.project_id == project_id, *STANDS).scalar_subquery()
    open_ones = select(func.count(Thread.id)).where(Thread.project_id == project_id, Thread.asked_at.is_not(None)).scalar_subquery()
    row = db.session.execute(select(last, open_ones)).one()
    return Talked(row[0], row[1])


def waiting() -> Select[int]:
    """How many threads wait for an answer of ours."""
    return select(func.count(Thread.id)).where(Thread.asked_at.is_not(None))


def unread(viewer: Viewer, *, besides: UUID | None = None) -> Select[int]:
    """How many messages of others somebody has not read; `besides` is a thread they read right now."""
    read = and_(Seen.person_id == viewer.person_id, Seen.kind == SEEN, Seen.object_id == Message.thread_id)
    fresh = (*said_to_both(), Message.by_id != viewer.person_id, or_(Seen.last_at.is_(None), Seen.last_at < Message.at))
    query = select(func.count(Message.id)).outerjoin(Seen, read).where(*fresh)
    return query.where(Message.thread_id != besides) if besides else query


def newest_for(project_id: UUID, viewer: Viewer) -> tuple[Message, Person] | None:
    """The newest message of the other side about a project or its items that the viewer has not read."""
    read = and_(Seen.person_id == viewer.person_id, Seen.kind == SEEN, Seen.object_id == Message.thread_id)
    query = select(Message, Person).join(Person, Person.id == Message.by_id).outerjoin(Seen, read)
    other_side = Person.staff_role.is_not(None) if viewer.is_client else Person.staff_role.is_(None)
    theirs = (Message.project_id == project_id, *said_to_both(), other_side)
    fresh = or_(Seen.last_at.is_(None), Seen.last_at < Message.at)
    row = db.session.execute(query.where(*theirs, fresh).order_by(Message.at.desc()).limit(1)).first()
    return (row[0], row[1]) if row else None


def asked_after(message: Message) -> datetime | None:
    """When the client next wrote in the same thread after a message that is taken back."""
    later = (Message.thread_id == message.thread_id, Message.side == message.side, *STANDS, Message.id != message.id)
    return db.session.scalar(select(func.min(Message.at)).where(*later, Message.at >= message.at))


def read_at(thread_id: UUID, person_id: UUID) -> datetime | None:
    """When somebody last read a thread."""
    return db.session.scalar(select(Seen.last_at).where(Seen.person_id == person_id, Seen.kind == SEEN, Seen.object_id == thread_id))


def _told() -> Select[Message, Person, WeeklyUpdate]:
    query = select(Message, Person, WeeklyUpdate).join(Person, Person.id == Message.by_id)
    return query.outerjoin(WeeklyUpdate, and_(WeeklyUpdate.client_id == Message.client_id, WeeklyUpdate.id == Message.update_id))


def _seen_by(message: Message, by: Person, marks: Sequence[tuple[Person, datetime]]) -> list[Person]:
    """Who of the other side has read it."""
    return [person for person, at in marks if person.is_staff is not by.is_staff and message.at and at >= message.at]


def _marks_on(subject: Subject) -> Sequence[tuple[Person, datetime]]:
    """Who read the talk about something, and when last."""
    thread = thread_of(subject)
    if thread is None:
        return []
    query = select(Person, Seen.last_at).join(Person, Person.id == Seen.person_id)
    marks = query.where(Seen.kind == SEEN, Seen.object_id == thread.id).order_by(Seen.last_at, Person.name)
    return [(row[0], row[1]) for row in db.session.execute(marks)]


def _last_at() -> Subquery:
    return select(Message.thread_id, func.max(Message.at).label("at")).where(*STANDS).group_by(Message.thread_id).subquery()


def _unread(thread_ids: Collection[UUID], viewer: Viewer) -> dict[UUID, int]:
    """How many messages of others the viewer has not read, by thread."""
    read = and_(Seen.person_id == viewer.person_id, Seen.kind == SEEN, Seen.object_id == Message.thread_id)
    query = select(Message.thread_id, func.count(Message.id)).outerjoin(Seen, read)
    fresh = (Message.thread_id.in_(thread_ids), *STANDS, Message.by_id != viewer.person_id)
    query = query.where(*fresh, or_(Seen.last_at.is_(None), Seen.last_at < Message.at)).group_by(Message.thread_id)
    return {row[0]: row[1] for row in db.session.execute(query)} if thread_ids else {}
