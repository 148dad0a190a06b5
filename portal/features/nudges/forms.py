"""What staff choose and write when they nudge or note a call."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.kernel.db import read_id
from portal.models.people import Person
from portal.models.reminders import Tone
from portal.web.forms import Form

TONES = [
    SelectChoice(Tone.FRIENDLY.value, _l("Friendly")),
    SelectChoice(Tone.CLEAR.value, _l("Clear")),
    SelectChoice(Tone.LAST.value, _l("Last call")),
]


class NudgeForm(Form):
    """A nudge: its tone, a sentence of one's own, and whether a second one today is meant."""

    tone = RadioField(_l("Tone"), [InputRequired(_l("Choose a tone."))], choices=TONES)
    words = TextAreaField(_l("A sentence of your own"), [Length(max=1000)])
    again = BooleanField(_l("Send it all the same"))
    back = HiddenField()


class CallForm(Form):
    """What was said on the phone."""

    with_id = SelectField(_l("With whom?"), validate_choice=False)
    summary = TextAreaField(_l("What did you agree on?"), [Length(max=4000)])
    note = TextAreaField(_l("Only for us"), [Length(max=1000)])
    back = HiddenField()

    def offer(self, people: Sequence[Person]) -> None:
        """Fill the list of those who can be called."""
        self.with_id.choices = [SelectChoice(str(person.id), person.name) for person in people]

    @property
    def with_whom(self) -> UUID | None:
        """Who was called."""
        return read_id(self.with_id.data)


class SeveralForm(Form):
    """The one question before several nudges leave."""

    back = HiddenField()
