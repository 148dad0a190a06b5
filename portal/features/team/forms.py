"""What admins may say about the people who work here."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.models.people import StaffRole
from portal.web.forms import Form


def role_choices() -> list[SelectChoice]:
    """Both roles."""
    return [SelectChoice(StaffRole.MEMBER.value, _l("Member")), SelectChoice(StaffRole.ADMIN.value, _l("Admin"))]


class RoleForm(Form):
    """What somebody may do here."""

    role = RadioField(_l("Role"), choices=role_choices, default=StaffRole.MEMBER.value)


class InviteForm(RoleForm):
    """Somebody new."""

    name = StringField(_l("Name"), [InputRequired(_l("Write their name.")), Length(max=120)])
    email = EmailField(_l("Email address"), [InputRequired(_l("Write their email address, like name@example.com.")), Length(max=254)])
