"""Reads about weekly updates: one card per project for staff, the sent ones for clients, and what they answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.evidence import canonical, fingerprint
from portal.kinds.news import badly
from portal.kinds.news.facts import Told, facts_of
from portal.kinds.news.weeks import week_of
from portal.kinds.talk import reading as talk
from portal.models.clients import Client, StaffClient
from portal.models.item_states import OPEN, ItemKind
from portal.models.items import Item
from portal.models.marks import Seen
from portal.models.news import BadNews, NewsRead, UpdateReply, WeeklyUpdate
from portal.models.people import Person
from portal.models.projects import Project, ProjectState
from portal.models.talk import Message

PAGE = 20
QUIET_FOR = timedelta(days=7)
MOST_SHOWN = 104


@dataclass(frozen=True)
class Card:
    """One project on the staff's page of updates: the facts of its week, what was written, and when the client last heard."""

    told: Told
    written: WeeklyUpdate | None
    heard_at: datetime | None

    @property
    def is_sent(self) -> bool:
        """Whether the update of this week has gone out."""
        return bool(self.written and self.written.sent_at)


@dataclass(frozen=True)
class Answered:
    """What somebody wrote under an update before such words became messages, and about what."""

    reply: UpdateReply
    person: Person
    update: WeeklyUpdate
    project: Project
    client: Client


@dataclass(frozen=True)
class Below:
    """Something that stands below an update; what came as a message is answered among the messages."""

    person: Person
    at: datetime
    words: str
    message: Message | None = None


@dataclass(frozen=True)
class Heard:
    """When a project's client got the last update, and how many days ago that (or else the project's beginning) is."""

    at: datetime | None
    days: int

    @property
    def is_long_ago(self) -> bool:
        """Whether it is time to write again."""
        return self.days >= QUIET_FOR.days


def heard_of(project: Project) -> Heard:
    """When a project's client last heard from us by an update."""
    at = db.session.scalar(select(func.max(WeeklyUpdate.sent_at)).where(WeeklyUpdate.project_id == project.id))
    return Heard(at, (now() - (at or project.created_at)).days)


def cards(*, mine: UUID | None, back: int, n: int) -> tuple[list[Card], bool]:
    """One page of running projects, those whose client has waited longest first, and whether more follow."""
    last = _last_sent()
    query = select(Project, Client, last).join(Client, Client.id == Project.client_id).where(*_running(mine))
    query = query.order_by(last.asc().nulls_first(), Client.sort_key, Project.id).limit(PAGE + 1).offset((n - 1) * PAGE)
    rows = db.session.execute(query).all()
    return _cards([(row[0], row[1], row[2]) for row in rows[:PAGE]], back=back), len(rows) > PAGE


def cards_of(project_ids: Collection[UUID], *, back: int) -> list[Card]:
    """The cards of these projects."""
    query = select(Project, Client, _last_sent()).join(Client, Client.id == Project.client_id)
    rows = db.session.execute(query.where(Project.id.in_(project_ids), *_running(None))).all()
    return _cards([(row[0], row[1], row[2]) for row in rows], back=back)


def quiet(mine: UUID | None) -> int:
    """How many running projects had no update for a week."""
    since = now() - QUIET_FOR
    last = _last_sent()
    query = select(func.count(Project.id)).join(Client, Client.id == Project.client_id)
    silent = func.coalesce(last, Project.created_at) <= since
    return db.session.scalar(query.where(*_running(mine), silent)) or 0


def open_replies() -> list[Answered]:
    """What clients wrote under updates and nobody has dealt with yet, the oldest first."""
    return _answered(UpdateReply.done_at.is_(None))


def below(update_id: UUID) -> list[Below]:
    """What was written below one update: as messages of its project, and before there were any."""
    old = [Below(one.person, one.reply.at, one.reply.words) for one in _answered(UpdateReply.update_id == update_id)]
    said = [Below(by, message.at, message.words, message) for message, by in talk.said_below(update_id) if message.at]
    return old + said


def readers_of(update: WeeklyUpdate) -> list[tuple[Person, datetime | None]]:
    """Everybody who got an update, and when they first opened it."""
    opened = {
        seen.person_id: seen.first_at for seen in db.session.scalars(select(Seen).where(Seen.kind == "update", Seen.object_id == update.id))
    }
    return [(person, opened.get(person.id)) for person in hear_of(update.client_id)]


def seen(written: WeeklyUpdate | None) -> str:
    """A mark of a draft as somebody saw it, to notice when it changed since."""
    return fingerprint("draft", canonical(dict(written.said)))[:16] if written else ""


def hear_of(client_id: UUID) -> list[Person]:
    """Everybody who speaks for a client and reads news: all but guests."""
    return [person for person, _ in badly.readers_of(client_id)]


def reads(person_id: UUID, client_id: UUID) -> bool:
    """Whether a person still reads what we tell a client."""
    return person_id in {person.id for person in hear_of(client_id)}


def sent() -> list[tuple[WeeklyUpdate, Project]]:
    """Every update the viewer may read, the newest first."""
    query = select(WeeklyUpdate, Project).join(Project, Project.id == WeeklyUpdate.project_id).where(WeeklyUpdate.sent_at.is_not(None))
    newest = query.order_by(WeeklyUpdate.week.desc(), WeeklyUpdate.sent_at.desc(), WeeklyUpdate.id)
    return [(row[0], row[1]) for row in db.session.execute(newest.limit(MOST_SHOWN))]


def latest(project_id: UUID) -> WeeklyUpdate | None:
    """The newest update of a project that was sent."""
    mine = (WeeklyUpdate.project_id == project_id, WeeklyUpdate.sent_at.is_not(None))
    return db.session.scalars(select(WeeklyUpdate).where(*mine).order_by(WeeklyUpdate.week.desc()).limit(1)).first()


def bad_news(project_id: UUID | None = None) -> list[tuple[BadNews, Project]]:
    """All bad news the viewer may read, or that of one project, the newest first."""
    query = select(BadNews, Project).join(Project, Project.id == BadNews.project_id)
    query = query.where(BadNews.project_id == project_id) if project_id else query
    newest = query.order_by(BadNews.sent_at.desc().nulls_first(), BadNews.changed_at.desc(), BadNews.id)
    return [(row[0], row[1]) for row in db.session.execute(newest.limit(MOST_SHOWN))]


def not_read(person_id: UUID | None) -> list[BadNews]:
    """Bad news somebody has not said they read, the newest first; what was corrected since is left out."""
    found = [news for news, _ in bad_news()]
    mine = select(NewsRead.news_id).where(NewsRead.person_id == person_id, NewsRead.news_id.in_([news.id for news in found]))
    done = set(db.session.scalars(mine)) if found else set()
    corrected = {news.corrects_id for news in found if news.sent_at}
    return [news for news in found if news.sent_at and news.id not in done | corrected]


def for_home(project_id: UUID, person_id: UUID | None) -> tuple[WeeklyUpdate | None, list[BadNews]]:
    """The newest update of a project, and its bad news that somebody has not said they read; in one statement."""
    newer = aliased(BadNews)
    newest = select(WeeklyUpdate.id).where(WeeklyUpdate.project_id == Project.id, WeeklyUpdate.sent_at.is_not(None))
    latest_id = newest.order_by(WeeklyUpdate.week.desc()).limit(1).correlate(Project).scalar_subquery()
    was_read = select(NewsRead.id).where(NewsRead.news_id == BadNews.id, NewsRead.person_id == person_id).exists()
    corrected = select(newer.id).where(newer.corrects_id == BadNews.id, newer.sent_at.is_not(None)).exists()
    theirs = and_(BadNews.project_id == Project.id, BadNews.sent_at.is_not(None), ~was_read, ~corrected)
    query = select(WeeklyUpdate, BadNews).select_from(Project).outerjoin(WeeklyUpdate, WeeklyUpdate.id == latest_id)
    rows = db.session.execute(query.outerjoin(BadNews, theirs).where(Project.id == project_id).order_by(BadNews.sent_at.desc())).all()
    bad: list[BadNews | None] = [row[1] for row in rows]  # one empty row where nothing is left to be read
    return (rows[0][0] if rows else None), [one for one in bad if one is not None]


def correction_of(news_id: UUID) -> BadNews | None:
    """What was sent to correct it."""
    mine = (BadNews.corrects_id == news_id, BadNews.sent_at.is_not(None))
    return db.session.scalars(select(BadNews).where(*mine).order_by(BadNews.sent_at.desc()).limit(1)).first()


def decisions_of(project_id: UUID) -> list[Item]:
    """The open decisions of a project: what bad news may lead to."""
    mine = (Item.project_id == project_id, Item.kind.in_([ItemKind.APPROVAL, ItemKind.CONFIRMATION]), Item.state.in_(OPEN))
    return list(db.session.scalars(select(Item).where(*mine).order_by(Item.position, Item.id)))


def _cards(rows: list[tuple[Project, Client, datetime | None]], *, back: int) -> list[Card]:
    weeks = {project.id: week_of(client.calendar, back=back) for project, client, _ in rows}
    told = facts_of((project, client, weeks[project.id]) for project, client, _ in rows)
    written: dict[UUID, list[WeeklyUpdate]] = defaultdict(list)
    for one in db.session.scalars(select(WeeklyUpdate).where(WeeklyUpdate.project_id.in_(weeks))):
        written[one.project_id].append(one)
    return [
        Card(told[project.id], next((one for one in written[project.id] if one.week == weeks[project.id].first), None), last)
        for project, _, last in rows
    ]


def _last_sent() -> ColumnElement[datetime | None]:
    mine = (WeeklyUpdate.project_id == Project.id, WeeklyUpdate.sent_at.is_not(None))
    return select(func.max(WeeklyUpdate.sent_at)).where(*mine).correlate(Project).scalar_subquery()


def _running(mine: UUID | None) -> list[ColumnElement[bool]]:
    running = [Project.state == ProjectState.ACTIVE, Client.archived_at.is_(None)]
    if mine is None:
        return running
    counted = select(StaffClient.client_id).where(StaffClient.person_id == mine)
    return [*running, or_(Project.lead_id == mine, Client.lead_id == mine, Client.id.in_(counted))]


def _answered(such: ColumnElement[bool]) -> list[Answered]:
    query = select(UpdateReply, Person, WeeklyUpdate, Project, Client).join(Person, Person.id == UpdateReply.person_id)
    query = query.join(WeeklyUpdate, WeeklyUpdate.id == UpdateReply.update_id).join(Project, Project.id == UpdateReply.project_id)
    query = query.join(Client, Client.id == UpdateReply.client_id).where(such).order_by(UpdateReply.at, UpdateReply.id).limit(MOST_SHOWN)
    return [Answered(*row) for row in db.session.execute(query)]
