"""What people type at the end of a project."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.features.closing.actions import Ending
from portal.models.items import Item
from portal.web.forms import DayField, Form

LONGEST, REASON = 4000, 500
THANK = _l("Write a sentence of thanks. It is the last thing they read.")
WORDS = ((5, _l("Very good")), (4, _l("Good")), (3, _l("All right")), (2, _l("Not so good")), (1, _l("Bad")))


class CloseForm(Form):
    """What the client reads at the end, and why we go on without what is still open."""

    made = TextAreaField(_l("What was made"), [Length(max=LONGEST)])
    thanks = TextAreaField(_l("Thank you"), [InputRequired(THANK), Length(max=LONGEST)])
    next = TextAreaField(_l("What happens next"), [Length(max=LONGEST)])
    again_on = DayField(_l("When we get in touch again"), [Optional()])
    again_why = StringField(_l("Why then"), [Length(max=300)])
    lesson = TextAreaField(_l("What we learned"), [Length(max=LONGEST)])
    rest = StringField(_l("One reason for all others"), [Length(max=REASON)])

    def reason(self, item: Item) -> str:
        """Why we go on without this thing: its own reason as typed, nothing where there is none."""
        return self.typed(item.id) or (self.rest.data or "").strip()

    def typed(self, item_id: UUID) -> str:
        """What stands in the field of one thing."""
        return request.form.get(f"why-{item_id}", "").strip()[:REASON]

    def ending(self) -> Ending:
        """The end as typed."""
        return Ending(
            made=_tidy(self.made.data),
            thanks=_tidy(self.thanks.data),
            next=_tidy(self.next.data),
            again_on=self.again_on.data,
            again_why=_tidy(self.again_why.data),
            lesson=_tidy(self.lesson.data),
        )


class LaterForm(Form):
    """Another day to get in touch again."""

    again_on = DayField(_l("Another day"), [InputRequired(_l("Choose a day."))])


class LessonForm(Form):
    """What we learned."""

    words = TextAreaField(_l("What we learned"), [InputRequired(_l("Write a sentence first.")), Length(max=LONGEST)])


class FeedbackForm(Form):
    """Two questions, of which the first is enough."""

    stars = RadioField(
        _l("How was it to work with us?"),
        [InputRequired(_l("Choose one of the five."))],
        choices=[SelectChoice(str(n), word) for n, word in WORDS],
    )
    words = TextAreaField(_l("What should we do differently?"), [Length(max=2000)])


def _tidy(text: str | None) -> str:
    return "\n".join(line.rstrip() for line in (text or "").replace("\r\n", "\n").split("\n")).strip()
