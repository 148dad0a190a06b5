"""Letters about updates and bad news."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from portal.features.news import queries
from portal.kernel.db import db
from portal.kinds import reading
from portal.models.news import BadNews, WeeklyUpdate
from portal.models.people import Person
from portal.models.projects import Project
from portal.web.ending import end_url
from portal.web.letterhead import print_letter
from portal.web.letterpress import Letter
from portal.web.letters import letter
from portal.web.links import for_person


@letter("weekly_update")
def weekly_update(person: Person, facts: dict[str, object]) -> Letter | None:
    """The update as it was sent; nothing for somebody who does not speak for the client any more."""
    update = db.session.scalar(select(WeeklyUpdate).where(WeeklyUpdate.id == UUID(str(facts["update"]))))
    if update is None or not queries.reads(person.id, update.client_id) or person.mail_rules.get("updates") is False:
        return None
    project = db.session.get_one(Project, update.project_id)
    link = for_person(person, "client.news.show", update_id=update.id)
    url, lead = end_url(person, "updates"), reading.person(project.lead_id)
    printed = print_letter("news/update", person, update=update, project=project, lead=lead, link=link, footer_url=url)
    return replace(printed, unsubscribe=url)


@letter("bad_news")
def bad_news(person: Person, facts: dict[str, object]) -> Letter | None:
    """Bad news as it was sent; nothing for somebody who does not speak for the client any more."""
    news = db.session.scalar(select(BadNews).where(BadNews.id == UUID(str(facts["news"]))))
    if news is None or not queries.reads(person.id, news.client_id):
        return None
    project = db.session.get_one(Project, news.project_id)
    link = for_person(person, "client.news.bad", news_id=news.id)
    people = {"lead": reading.person(project.lead_id), "decider": reading.person(news.decider_id)}
    return print_letter("news/bad", person, news=news, project=project, link=link, **people)
