"""What staff choose and write when they nudge or note a call."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

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

    note = TextAreaField(_l("What did you agree on?"), [DataRequired(_l("Write one sentence, so that everybody knows.")), Length(max=1000)])
    back = HiddenField()


class SeveralForm(Form):
    """The one question before several nudges leave."""

    back = HiddenField()
