"""What people of the firm choose about their morning letter."""

from __future__ import annotations

from datetime import time

from flask_babel import format_time
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice

from portal.kinds.reminders.mornings import HOURS
from portal.web.forms import Form


class MorningForm(Form):
    """Whether and when."""

    on = BooleanField(_l("Send me the morning letter"))
    hour = SelectField(_l("At"), coerce=int, choices=lambda: [SelectChoice(hour, format_time(time(hour), "short")) for hour in HOURS])
