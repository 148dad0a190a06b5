"""What people type into updates and bad news."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from portal.features.news.badly import Written
from portal.kernel.db import read_id
from portal.models.items import Item
from portal.models.news import PARTS, SECTIONS, BadNews
from portal.models.people import Person
from portal.web.forms import DayField, Form

LONGEST = 4000


class ReplyForm(Form):
    """A question or thanks under an update."""

    words = TextAreaField(_l("A question, or thanks?"), [DataRequired(_l("Write a sentence first.")), Length(max=2000)])


class NewsForm(Form):
    """Bad news. It may be kept with gaps; what is missing is said when it is sent."""

    what = TextAreaField(_l("What happened"), [Length(max=LONGEST)])
    date = TextAreaField(_l("What it does to the date"), [Length(max=LONGEST)])
    cost = TextAreaField(_l("What it costs"), [Length(max=LONGEST)])
    goal = TextAreaField(_l("What it does to the goal"), [Length(max=LONGEST)])
    options = TextAreaField(_l("What could be done"), [Length(max=LONGEST)])
    advice = TextAreaField(_l("What we recommend"), [Length(max=LONGEST)])
    asks = BooleanField(_l("The client has to decide something"), default=True)
    decision = TextAreaField(_l("What has to be decided"), [Length(max=LONGEST)])
    decider = SelectField(_l("Who decides"), default="", validate_choice=False)
    decide_by = DayField(_l("By when"), [Optional()])
    item = SelectField(_l("Where they decide"), default="", validate_choice=False)

    def offer(self, people: Iterable[Person], items: Iterable[Item], *, language: str) -> None:
        """Fill the lists: who speaks for the client, and the decisions that are open."""
        self.decider.choices = [("", _l("Choose")), *((str(person.id), person.name) for person in people)]
        self.item.choices = [("", _l("They answer us")), *((str(item.id), item.text("title", language)) for item in items)]

    def show(self, news: BadNews) -> None:
        """Fill the form with a draft."""
        for name in PARTS:
            self[name].data = news.said.get(name, "")
        self.asks.data, self.decide_by.data = news.asks, news.decide_by
        self.decider.data, self.item.data = str(news.decider_id or ""), str(news.item_id or "")

    def written(self) -> Written:
        """The news as typed."""
        said = {name: tidy(self[name].data or "") for name in PARTS}
        return Written(said, bool(self.asks.data), read_id(self.decider.data), self.decide_by.data, read_id(self.item.data))

    def say_gaps(self, missing: Mapping[str, str]) -> None:
        """Say at each field what is missing in it."""
        for name, sentence in missing.items():
            self[name].errors = [gettext(sentence)]


def typed(project_id: UUID) -> dict[str, str] | None:
    """The parts of an update as they came in for a project; None when its card was not on the page."""
    if f"done-{project_id}" not in request.form:
        return None
    return {name: tidy(request.form.get(f"{name}-{project_id}", "")) for name in SECTIONS}


def tidy(text: str) -> str:
    """A text with its lines as we keep them."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()[:LONGEST]
