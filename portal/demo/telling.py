"""What the firm tells its clients unasked: weekly updates as the facts write them, bad news, and what clients answer."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from portal.demo.tale import Tale
from portal.features.calls import actions as calls
from portal.features.news import actions as news
from portal.features.news import badly, queries
from portal.kernel.scope import find
from portal.kinds.calls import asking
from portal.kinds.talk import saying, subject
from portal.kinds.talk.saying import Writing
from portal.models.news import BadNews
from portal.models.people import Person
from portal.models.phone_rules import PhoneRules
from portal.models.projects import Project
from portal.web.week_words import composed


def update(tale: Tale, **changed: str) -> None:
    """Let the lead send the update of this week, with some of its parts in their own words."""
    with tale.acting(tale.lead) as viewer:
        (card,) = queries.cards_of([tale.project_id], back=0)
        news.send(find(Project, tale.project_id), card.told.week.first, composed(card.told) | changed, by=viewer)


def answer(tale: Tale, who: str, words: str) -> None:
    """Let somebody write under the newest update."""
    with tale.acting(who) as viewer:
        newest = queries.latest(tale.project_id)
        if newest:
            saying.say(subject.of_project(tale.project_id), Writing(words, update_id=newest.id), by=viewer)


def bad_news(tale: Tale, who: str, item: str, day: int, **said: str) -> None:
    """Let the lead tell what goes otherwise, with somebody who decides by a day."""
    with tale.acting(tale.lead) as viewer:
        person_id, item_id = tale.ids(who, item)
        written = badly.Written(said, True, person_id, tale.days.on(day), item_id)
        draft = badly.keep(find(Project, tale.project_id), written, by=viewer)
    with tale.acting(tale.lead) as viewer:
        badly.send(find(BadNews, draft.id), by=viewer)


def wants_calls(tale: Tale, who: str, number: str, rules: PhoneRules) -> None:
    """Let somebody say how they want to be called."""
    with tale.acting(who) as viewer:
        if viewer.person_id:
            calls.wish(find(Person, viewer.person_id), rules, number, by=viewer)


def asks_for_a_call(tale: Tale, who: str, about: str, number: str, *times: tuple[int, int]) -> None:
    """Let somebody propose times for a call: each the day from today, and the hour there."""
    slots = [datetime.combine(tale.days.on(day), time(hour), ZoneInfo(tale.zone)) for day, hour in times]
    with tale.acting(who) as viewer:
        asking.ask(find(Project, tale.project_id), asking.Wish(about, slots, number), by=viewer)
