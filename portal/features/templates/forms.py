"""What staff type about a template as a whole."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from portal.web.forms import Form


class NameForm(Form):
    """What the firm calls a template."""

    name = StringField(_l("Name"), [DataRequired(_l("Write a name.")), Length(max=120)])
