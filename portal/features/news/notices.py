"""Who hears of updates and bad news: everybody who speaks for the client, in their own daytime."""

from __future__ import annotations

from portal.features.news import queries
from portal.kernel import outbox
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.notices import notice
from portal.kernel.outbox import Lane
from portal.kernel.record import Fact, Kind
from portal.kinds.news import badly
from portal.kinds.news.when import leaves_for
from portal.models.clients import Client
from portal.models.news import BadNews, WeeklyUpdate


@notice(Kind.UPDATE_SENT)
def update_sent(fact: Fact) -> None:
    """Send everybody their own letter, by day."""
    update = fact.thing
    if not isinstance(update, WeeklyUpdate):
        raise TypeError(f"{fact.kind} is recorded on its update")
    client = db.session.get_one(Client, update.client_id)
    for person in queries.hear_of(client.id):
        wait = max(leaves_for(person, client), now()) - now()
        outbox.tell("weekly_update", person.id, "update", update.id, of=update, lane=Lane.MESSAGE, wait=wait)


@notice(Kind.NEWS_SENT)
def news_sent(fact: Fact) -> None:
    """Send everybody their own letter at once, or at the first minute they allow."""
    news = fact.thing
    if not isinstance(news, BadNews):
        raise TypeError(f"{fact.kind} is recorded on the news")
    for person, at in badly.leaving(news.client_id):
        outbox.tell("bad_news", person.id, "news", news.id, of=news, lane=Lane.RECEIPT, wait=max(at, now()) - now())
