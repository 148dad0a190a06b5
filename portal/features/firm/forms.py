"""What admins may say about the firm."""

from __future__ import annotations

from datetime import date

from flask_babel import format_date, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FileField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from portal.web.brand import is_colour
from portal.web.choices import language_choices, zone_choices
from portal.web.forms import Form, is_near

MOST_HOLIDAYS = 400


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


class SenderForm(Form):
    """Whose name and address stand on mails."""

    mail_name = StringField(_l("Sender name"), [Length(max=120)])
    mail_address = StringField(_l("Sender address"), [Length(max=254)])


class CalendarForm(Form):
    """On which days the firm works."""

    working_days = SelectMultipleField(_l("Working days"), coerce=int, choices=lambda: weekdays())
    holidays = TextAreaField(_l("Days off"), [Length(max=12_000)])

    def validate_holidays(self, field: TextAreaField) -> None:
        """Say which lines are no dates."""
        wrong = read_days(field.data or "")[1]
        if wrong:
            raise ValidationError(
                " ".join(_("Line %(line)s is not a day like 2026-12-24: %(text)s.", line=n, text=text) for n, text in wrong[:5])
            )
        if len((field.data or "").split()) > MOST_HOLIDAYS:
            raise ValidationError(_("At most %(max)s days fit here.", max=MOST_HOLIDAYS))

    @property
    def days_off(self) -> list[date]:
        """The days in their order, each once."""
        return sorted(set(read_days(self.holidays.data or "")[0]))


def read_days(text: str) -> tuple[list[date], list[tuple[int, str]]]:
    """The days in a text of one ISO date per line, and the lines that are none."""
    days: list[date] = []
    wrong: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            day = date.fromisoformat(line.strip())
        except ValueError:
            day = None
        if day and is_near(day):
            days.append(day)
        else:
            wrong.append((number, line.strip()[:40]))
    return days, wrong


def weekdays() -> list[SelectChoice]:
    """The seven days in the reader's language, from the day on which their weeks begin."""
    first = get_locale().first_week_day if get_locale() else 0
    monday = date(2024, 1, 1)
    days = [(first + n) % 7 for n in range(7)]
    return [SelectChoice(day, format_date(monday.replace(day=1 + day), "EEEE")) for day in days]
