"""What is in the way, and what we answer."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import Length

from portal.web.forms import Form


class SnagForm(Form):
    """A client's sentence on what is in the way."""

    words = TextAreaField(_l("What is in the way?"), [Length(max=2000)])


class AnswerForm(Form):
    """What we answer."""

    words = TextAreaField(_l("Your answer"), [Length(max=2000)])
