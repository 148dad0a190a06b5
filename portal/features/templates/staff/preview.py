"""A template as its client will see it: in each of its languages, with the days of a project that starts on a chosen day."""

from __future__ import annotations

from datetime import date
from functools import partial
from uuid import UUID

from babel import Locale
from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from portal.features.templates.staff.desk import tongue_of
from portal.kernel.clock import Calendar
from portal.models.people import the_firm
from portal.models.template.canonical import parse
from portal.models.template.dating import counted
from portal.models.template.outlook import Outlook, Thing, outlook
from portal.models.template.shape import Template
from portal.models.templates import ProjectTemplate
from portal.web import i18n, template_words
from portal.web.doors import find
from portal.web.forms import is_near

pages = Blueprint("template_preview", __name__)


@pages.get("/templates/<uuid:template_id>/preview")
def show(template_id: UUID) -> ResponseReturnValue:
    """The client's home on the first day."""
    template = find(ProjectTemplate, template_id)
    draft = parse(template.draft)
    language = tongue_of(draft)
    calendar = the_firm().calendar
    starts_on = _start(calendar)
    plan = outlook(draft, starts_on=starts_on, calendar=calendar, language=language)
    with force_locale(i18n.locale_of(language)):
        said = {"due": partial(_due, draft), "opens": partial(_opens, draft), "steps": _steps(draft, plan, language)}
        shown = render_template(
            "staff/templates/_client.html", plan=plan, tongue=language, direction=Locale.parse(language).text_direction, **said
        )
    page = {"template": template, "draft": draft, "tongue": language, "starts_on": starts_on, "shown": shown}
    mixed = [thing for thing in plan.things if thing.language != language]
    others, unspoken = sorted({thing.language for thing in mixed}), i18n.spoken(language) != language
    return render_template("staff/templates/preview.html", mixed=mixed, others=others, unspoken=unspoken, **page)


def _due(draft: Template, thing: Thing) -> str:
    return (
        _("by %(day)s", day=i18n.day(thing.due_on)) if thing.due_on else template_words.when_words(draft, thing.piece.due, thing.language)
    )


def _opens(draft: Template, thing: Thing) -> list[str]:
    return [template_words.opens_words(draft, need, thing.language) for need in thing.piece.needs]


def _steps(draft: Template, plan: Outlook, language: str) -> list[dict[str, str]]:
    rows = []
    for n, step in enumerate(plan.steps):
        if step.day:
            text = _("starts %(day)s", day=i18n.day(step.day)) if step.starts_on else _("planned for %(day)s", day=i18n.day(step.day))
        else:
            text = template_words.when_words(draft, step.stage.starts or step.stage.ends, language)
        rows.append({"title": step.title, "state": "next" if n else "now", "text": text})
    return rows


def _start(calendar: Calendar) -> date:
    """The day that was asked for, else the next working day."""
    try:
        asked = date.fromisoformat(request.args.get("start", ""))
    except ValueError:
        return counted(calendar.today(), 0, calendar)
    return asked if is_near(asked) else counted(calendar.today(), 0, calendar)
