"""What people may type to come in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from portal.web.choices import language_choices, zone_choices
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


class MyselfForm(Form):
    """What somebody says about themselves."""

    name = StringField(_l("Name"), [InputRequired(_l("Write your name.")), Length(max=120)])
    called = StringField(_l("How we greet you"), [Length(max=80)])
    title = StringField(_l("What you do"), [Length(max=80)], description=_l("Clients read it below your name, such as: Project lead."))
    phone = StringField(_l("Phone"), [Length(max=40)])
    language = SelectField(_l("Language"), choices=language_choices)
    zone = SelectField(_l("Time zone"), choices=zone_choices, description=_l("Times on pages and in emails are shown in this zone."))
