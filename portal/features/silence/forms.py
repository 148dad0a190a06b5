"""What somebody types who needs more time."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional

from portal.web.forms import DayField, Form


class MoreTimeForm(Form):
    """Until when, if they know."""

    until_on = DayField(_l("By when can you decide?"), [Optional()])
