"""What people may type to come in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, HiddenField, StringField
from wtforms.validators import InputRequired, Length

from portal.web.forms import Form


class SignInForm(Form):
    """One field: the address we write to."""

    email = EmailField(_l("Your email address"), [InputRequired(_l("Write your email address, like name@example.com.")), Length(max=254)])
    next = HiddenField()


class CodeForm(Form):
    """The code from the mail."""

    code = StringField(_l("Code from the email"), [Length(max=20)])


class ContinueForm(CodeForm):
    """Going on from a link; elsewhere than in the browser that asked, with the code."""

    keep = BooleanField(_l("Keep me signed in on this device"), default=True)
