"""The client's ways out of an item."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from portal.web.forms import DayField, Form


class CannotForm(Form):
    """Saying that there is nothing to send."""

    reason = TextAreaField(_l("Can you tell us why?"), [Length(max=2000)])


class PromiseForm(Form):
    """Naming the day on which it will come."""

    promised_on = DayField(_l("When can you send it?"), [InputRequired(_l("Choose a day."))])
