"""What every template may read: the firm, who looks, the language, and the counts in the navigation."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache

from flask import Flask, g, url_for
from sqlalchemy import ColumnElement, select
from werkzeug.local import LocalProxy

from portal.kernel.db import db
from portal.kernel.words import best
from portal.kinds import reading, snags
from portal.kinds.ground.basis import grounds_of
from portal.kinds.news import unread
from portal.kinds.talk import reading as talk
from portal.models import may
from portal.models.items import Item
from portal.models.people import Firm, Person, named_firm, the_firm
from portal.models.phone_rules import phone_of
from portal.web import i18n
from portal.web.doors import viewer
from portal.web.links import feed_address
from portal.web.places import item_url


@dataclass(frozen=True)
class FirmFacts:
    """The firm as pages show it."""

    name: str
    initials: str
    mark_url: str | None
    phone: str
    mail_address: str
    zone: str


@dataclass(frozen=True)
class ViewerFacts:
    """Who looks, as pages show it."""

    person_name: str
    first_name: str
    initials: str
    side: str
    admin: bool
    seen_as_name: str | None


def register(app: Flask) -> None:
    """Give templates their facts."""
    app.context_processor(_facts)
    app.jinja_env.globals.update(
        item_url=item_url,
        is_late=reading.is_late,
        is_over=reading.is_over,
        best=best,
        snag_of=snags.open_of,
        grounds_of=grounds_of,
        phone_of=phone_of,
        feed_address=feed_address,
    )
    app.jinja_env.globals.update(may_ask_about=_may_ask_about)


def _facts() -> dict[str, object]:
    firm = named_firm()
    return {
        "firm": _firm_facts(firm),
        "viewer": _viewer_facts(),
        "lang": i18n.language(),
        "dir": i18n.direction(),
        "nav_counts": LocalProxy(cache(_nav_counts)),
        "brand_css_url": url_for("public.firm.brand", v=hashlib.sha256(the_firm().colour.encode()).hexdigest()[:8]),
    }


def _firm_facts(firm: Firm | None) -> FirmFacts:
    if firm is None:
        return FirmFacts("Courtside", "C", None, "", "", "UTC")
    mark = url_for("public.firm.mark", v=firm.mark_key[-8:]) if firm.mark_key else None
    return FirmFacts(firm.name, firm.initials, mark, firm.phone, firm.mail_address, firm.zone)


def _viewer_facts() -> ViewerFacts | None:
    person: Person | None = g.get("seen_as") or g.get("person")
    if person is None:
        return None
    now = viewer()
    return ViewerFacts(person.name, person.first_name, person.initials, now.side.value, now.admin, person.name if now.seen_as else None)


def _nav_counts() -> dict[str, int]:
    """What is new or waits, by place in the navigation; one statement, asked by the pages that show it."""
    by, opened = viewer(), g.get("opens", ("", None))
    if by.is_staff:
        parts: dict[str, ColumnElement[int]] = {
            "review": reading.to_review().scalar_subquery(),
            "messages": talk.waiting().scalar_subquery(),
            "updates": unread.answers(),
        }
    elif by.is_client and by.person_id:
        messages = talk.unread(by, besides=opened[1] if opened[0] == talk.SEEN else None).scalar_subquery()
        updates = unread.bad_news(by) if opened[0] == unread.UPDATE else unread.bad_news(by) + unread.updates(by)
        parts = {"messages": messages, "updates": updates}
    else:
        return {}
    return dict(zip(parts, db.session.execute(select(*parts.values())).one(), strict=True))


def _may_ask_about(item: Item) -> bool:
    """Whether the viewer may write to us about an item."""
    return may.write_message(viewer(), item.client_id, item)
