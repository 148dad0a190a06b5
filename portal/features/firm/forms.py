"""What admins may say about the firm."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FileField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from portal.kinds.files import purging, room
from portal.web.brand import is_colour
from portal.web.choices import language_choices, zone_choices
from portal.web.forms import Form

MEGABYTE, GIGABYTE = 10**6, 10**9


class FirmForm(Form):
    """Who the firm is and where it sits."""

    name = StringField(_l("Name"), [InputRequired(_l("Write the name of your firm.")), Length(max=120)])
    address = TextAreaField(_l("Postal address"), [Length(max=400)])
    phone = StringField(_l("Phone"), [Length(max=40)])
    language = SelectField(_l("Language for new people"), choices=language_choices)
    zone = SelectField(_l("Time zone"), choices=zone_choices)


class ColourForm(Form):
    """The one colour a firm gives."""

    colour = StringField(_l("Your firm’s colour"), [InputRequired(_l("Write a colour, like #0b5a63."))])

    def validate_colour(self, field: StringField) -> None:
        """Take a colour with or without its # and in any case."""
        field.data = "#" + (field.data or "").strip().lstrip("#").lower()
        if not is_colour(field.data):
            raise ValidationError(_("Write a colour as # and six characters, like #0b5a63."))


class MarkForm(Form):
    """The firm's mark as a picture."""

    mark = FileField(_l("Picture"))


class RoomForm(Form):
    """How large files may be, how much of them, and how long those are kept that nobody needs."""

    file_mb = IntegerField(
        _l("Largest file, in MB"),
        [InputRequired(_l("Write a number of MB.")), NumberRange(1, room.LARGEST_FILE // MEGABYTE, _l("Between 1 and 50,000."))],
    )
    client_gb = IntegerField(
        _l("Room per client, in GB"),
        [InputRequired(_l("Write a number of GB.")), NumberRange(1, room.LARGEST_CLIENT // GIGABYTE, _l("Between 1 and 100,000."))],
    )
    keep_days = IntegerField(
        _l("Keep removed files for, in days"),
        [
            InputRequired(_l("Write a number of days.")),
            NumberRange(purging.LEAST_DAYS, purging.MOST_DAYS, _l("Between 1 and 3,650.")),
        ],
    )


class SenderForm(Form):
    """Whose name and address stand on mails."""

    mail_name = StringField(_l("Sender name"), [Length(max=120)])
    mail_address = StringField(_l("Sender address"), [Length(max=254)])
