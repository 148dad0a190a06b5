"""The fields in which somebody says on which days they work."""

from __future__ import annotations

from datetime import date

from flask_babel import format_date, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, ValidationError

from portal.models.calendars import regions
from portal.models.clients import sort_key
from portal.web.forms import Form, is_near

MOST_HOLIDAYS = 400
AS_THE_FIRM = "as the firm"


class CalendarForm(Form):
    """On which days somebody works."""

    working_days = SelectMultipleField(_l("Working days"), coerce=int, choices=lambda: weekdays())
    region = SelectField(_l("Public holidays"), default="")
    holidays = TextAreaField(_l("More days off"), [Length(max=12_000)])

    def offer_regions(self, *, kept: str | None, firm: str | None = None) -> None:
        """Fill the list of places: nowhere, for a client as the firm, the parts of the country that is kept, then every country."""
        first = [] if firm is None else [SelectChoice(AS_THE_FIRM, _("As with us: %(place)s", place=place_name(firm)))]
        here = (kept if kept not in (None, AS_THE_FIRM) else firm or "").partition("-")[0]
        parts = [code for code in regions() if here and code.partition("-")[0] == here]
        others = [code for code in regions() if "-" not in code and code != here]
        named = [SelectChoice(code, place_name(code)) for code in parts] + sorted(
            (SelectChoice(code, place_name(code)) for code in others), key=lambda choice: sort_key(choice.label)
        )
        self.region.choices = [*first, SelectChoice("", _("None")), *named]

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


def place_name(region: str) -> str:
    """A country, or a part of one, in the reader's language as far as it has a name there."""
    country, _dash, part = region.partition("-")
    locale = get_locale()
    name = str(locale.territories.get(country, country)) if locale and country else country
    if not name:
        return str(_("None"))
    return f"{name}, {regions().get(region) or part}" if part else name
