"""What people type about goals."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import HiddenInput

from portal.models.ground.goals import Aim, Goal, Reached
from portal.web.forms import DayField, Form

REACHED = [
    SelectChoice(Reached.YES.value, _l("Yes")),
    SelectChoice(Reached.PARTLY.value, _l("Partly")),
    SelectChoice(Reached.NO.value, _l("No")),
]


class GoalForm(Form):
    """A goal: what, how it is measured, by when."""

    words = TextAreaField(_l("What do we want to reach?"), [DataRequired(_l("Say in a sentence what we want to reach.")), Length(max=500)])
    measure = TextAreaField(_l("How do we see that we have?"), [Length(max=500)])
    by_on = DayField(_l("By when?"), [Optional()])
    n = IntegerField(widget=HiddenInput(), default=0)

    def show(self, goal: Goal) -> None:
        """Fill the form with a goal as it stands."""
        self.words.data, self.measure.data, self.by_on.data, self.n.data = goal.words, goal.measure, goal.by_on, goal.n

    def aim(self) -> Aim:
        """The goal as typed."""
        return Aim(tidy(self.words.data), tidy(self.measure.data), self.by_on.data)


class ReviewForm(Form):
    """Whether a goal was reached, and a sentence about it."""

    reached = RadioField(_l("Was it reached?"), [DataRequired(_l("Choose one."))], choices=REACHED)
    words = TextAreaField(_l("In a sentence"), [Length(max=1000)])


class GiveUpForm(Form):
    """Why a goal is given up."""

    why = TextAreaField(_l("Why do we give it up?"), [Length(max=1000)])


def tidy(text: str | None) -> str:
    """Typed text as it is kept."""
    return "\n".join(line.strip() for line in (text or "").replace("\r\n", "\n").split("\n")).strip()
