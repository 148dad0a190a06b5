"""What the firm tells its clients unasked: weekly updates as the facts write them, bad news, and what clients answer."""

from __future__ import annotations

from portal.demo.tale import Tale
from portal.features.news import actions as news
from portal.features.news import badly, queries
from portal.kernel.scope import find
from portal.models.news import BadNews, WeeklyUpdate
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
            news.reply(find(WeeklyUpdate, newest.id), words, by=viewer)


def bad_news(tale: Tale, who: str, item: str, day: int, **said: str) -> None:
    """Let the lead tell what goes otherwise, with somebody who decides by a day."""
    with tale.acting(tale.lead) as viewer:
        person_id, item_id = tale.ids(who, item)
        written = badly.Written(said, True, person_id, tale.days.on(day), item_id)
        draft = badly.keep(find(Project, tale.project_id), written, by=viewer)
    with tale.acting(tale.lead) as viewer:
        badly.send(find(BadNews, draft.id), by=viewer)
