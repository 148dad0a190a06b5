"""The fields in which somebody says on which days they work."""

from __future__ import annotations

from datetime import date

from flask_babel import format_date, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, ValidationError

from portal.web.forms import Form, is_near

MOST_HOLIDAYS = 400


class CalendarForm(Form):
    """On which days somebody works."""

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
