"""Writes about bad news: a draft that may have gaps, sending it whole, a correction as a new one, and saying that it was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds.news import badly
from portal.kinds.news.when import AT_ANY_TIME
from portal.models import may
from portal.models.clients import Client
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.news import FIXED, BadNews, NewsRead
from portal.models.people import Person
from portal.models.projects import Project


@dataclass(frozen=True)
class Written:
    """Bad news as it was typed."""

    said: dict[str, str]
    asks: bool = True
    decider_id: UUID | None = None
    decide_by: date | None = None
    item_id: UUID | None = None


@action
def keep(project: Project, written: Written, *, news: BadNews | None = None, corrects: BadNews | None = None, by: Viewer) -> BadNews:
    """Keep bad news as a draft, whatever is still missing; a correction of what was sent is a draft of its own."""
    require(may.run_clients(by))
    if by.person_id is None:
        raise Refused(N_("Only a person of the firm can write this."))
    if news and news.sent_at:
        raise Refused(FIXED)
    _check(project, written)
    if news is None:
        language = db.session.get_one(Client, project.client_id).language
        ids = {"client_id": project.client_id, "project_id": project.id, "corrects_id": corrects.id if corrects else None}
        news = BadNews(id=uuid4(), language=language, said={}, by_id=by.person_id, changed_at=now(), **ids)
        db.session.add(news)
    news.said, news.asks, news.by_id, news.changed_at = written.said, written.asks, by.person_id, now()
    news.decider_id, news.decide_by = (written.decider_id, written.decide_by) if written.asks else (None, None)
    news.item_id = written.item_id if written.asks else None
    return news


@action
def send(news: BadNews, *, by: Viewer) -> BadNews:
    """Send it to everybody who speaks for the client; refused while anything is missing."""
    require(may.run_clients(by))
    project = db.session.get_one(Project, news.project_id)
    client = db.session.get_one(Client, news.client_id)
    if not project.is_running or client.archived_at:
        raise Refused(N_("This project does not run any more, so nothing was sent."))
    if not badly.readers_of(client.id):
        raise Refused(N_("Nobody speaks for this client yet. Add a contact person first."))
    if badly.gaps(news):
        raise Refused(N_("Something is missing, and nothing was sent. What you wrote is kept."), status=422)
    news.fix(at=now())
    db.session.flush()
    record(Kind.NEWS_SENT, news, by=by, hash=news.sha256, corrects=news.corrects_id, detail={"name": news.title})
    return news


@action
def note_read(news: BadNews, *, by: Viewer) -> None:
    """Note that somebody says they read it; once for each person."""
    require(may.answer_news(by, news.client_id))
    mine = (NewsRead.news_id == news.id, NewsRead.person_id == by.person_id)
    if by.person_id is None or db.session.scalar(select(NewsRead.id).where(*mine)):
        return
    ids = {"client_id": news.client_id, "project_id": news.project_id, "news_id": news.id, "person_id": by.person_id}
    db.session.add(NewsRead(id=uuid4(), at=now(), **ids))
    db.session.flush()
    record(Kind.NEWS_READ, news, by=by, hash=news.sha256, detail={"name": news.title})


@action
def prefer(person: Person, *, at_any_time: bool, by: Viewer) -> None:
    """Let bad news reach somebody at night and on days off too, or by day only."""
    require(by.person_id == person.id and by.seen_as is None)
    if bool(person.mail_rules.get(AT_ANY_TIME)) is not at_any_time:
        person.mail_rules = {**person.mail_rules, AT_ANY_TIME: at_any_time}
        record(Kind.PERSON_CHANGED, person, by=by, news_at_any_time=at_any_time)


def _check(project: Project, written: Written) -> None:
    """Refuse somebody who does not speak for the client, and a thing that is not this project's to decide."""
    if written.decider_id and written.decider_id not in {person.id for person, _ in badly.readers_of(project.client_id)}:
        raise Refused(N_("This person does not speak for the client any more. Please look again."), field="decider", status=422)
    item = db.session.scalar(select(Item).where(Item.id == written.item_id, Item.project_id == project.id)) if written.item_id else None
    if written.item_id and (item is None or not item.kind.is_decision or item.state is ItemState.DRAFT):
        raise Refused(N_("This is not there to be decided. Please look again."), field="item", status=422)
