"""A template as its client will see it: in each of its languages, with the days of a project that starts on a chosen day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from babel import Locale
from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from portal.features.templates.staff.desk import tongue_of
from portal.kernel.clock import Calendar
from portal.kernel.words import best
from portal.models.people import the_firm
from portal.models.template import publishing
from portal.models.template.canonical import parse
from portal.models.template.dating import Dates, counted, dates
from portal.models.template.shape import Piece, Template
from portal.models.templates import ProjectTemplate
from portal.web import i18n, template_words
from portal.web.doors import find
from portal.web.forms import is_near

pages = Blueprint("template_preview", __name__)


@dataclass(frozen=True)
class Thing:
    """One item as a client reads it, in the one language all of it is there in."""

    piece: Piece
    language: str
    title: str
    why: str
    help: str
    due: str
    opens: list[str]


@pages.get("/templates/<uuid:template_id>/preview")
def show(template_id: UUID) -> ResponseReturnValue:
    """The client's home on the first day."""
    template = find(ProjectTemplate, template_id)
    draft = parse(template.draft)
    language = tongue_of(draft)
    calendar = _calendar()
    starts_on = _start(calendar)
    with force_locale(i18n.locale_of(language)):
        known = dates(draft, starts_on=starts_on, calendar=calendar)
        things = [_thing(draft, piece, known, language) for piece in draft.items]
        facts = {"things": things, "steps": _steps(draft, known, language), "tongue": language, "draft": draft}
        shown = render_template("staff/templates/_client.html", direction=Locale.parse(language).text_direction, **facts)
    page = {"template": template, "draft": draft, "tongue": language, "starts_on": starts_on, "shown": shown}
    others = sorted({thing.language for thing in things} - {language})
    mixed = [thing for thing in things if thing.language != language]
    unspoken = i18n.spoken(language) != language
    return render_template("staff/templates/preview.html", mixed=mixed, others=others, unspoken=unspoken, **page)


def _thing(draft: Template, piece: Piece, known: Dates, language: str) -> Thing:
    spoken = [one for one in (language, *draft.languages) if publishing.speaks(draft, piece, one)]
    own = spoken[0] if spoken else next(iter(piece.title), language)
    texts = (best({own: words.get(own, "")}) for words in (piece.title, piece.why, piece.help))
    title, why, help_ = texts
    day = known.due.get(piece.key)
    due = _("by %(day)s", day=i18n.day(day)) if day else template_words.when_words(draft, piece.due, own)
    opens = [template_words.opens_words(draft, need, own) for need in piece.needs]
    return Thing(piece, own, title or piece.key, why, help_, due, opens)


def _steps(draft: Template, known: Dates, language: str) -> list[dict[str, str]]:
    rows = []
    for n, stage in enumerate(draft.milestones):
        first, last = known.starts[stage.key], known.ends[stage.key]
        text = _("starts %(day)s", day=i18n.day(first)) if first else _("planned for %(day)s", day=i18n.day(last)) if last else ""
        text = text or template_words.when_words(draft, stage.starts or stage.ends, language)
        rows.append({"title": best(stage.name, language), "state": "next" if n else "now", "text": text})
    return rows


def _calendar() -> Calendar:
    firm = the_firm()
    return firm.calendar if firm else Calendar()


def _start(calendar: Calendar) -> date:
    """The day that was asked for, else the next working day."""
    try:
        asked = date.fromisoformat(request.args.get("start", ""))
    except ValueError:
        return counted(calendar.today(), 0, calendar)
    return asked if is_near(asked) else counted(calendar.today(), 0, calendar)
