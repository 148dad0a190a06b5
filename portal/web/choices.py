"""What select fields offer again and again: languages and time zones."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from portal.web.i18n import LANGUAGES, spoken

REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def language_choices() -> list[SelectChoice]:
    """Every language we know of, each in its own words; those we have no words in yet say so."""
    return [
        SelectChoice(code, name if spoken(code) == code else _("%(language)s (in English for now)", language=name))
        for code, name in LANGUAGES.items()
    ]


def zone_choices() -> list[SelectChoice]:
    """Time zones by region, as the world's own list names them."""
    return [
        SelectChoice(zone, zone.split("/", 1)[1].replace("_", " ").replace("/", ", "), optgroup=zone.split("/", 1)[0])
        if "/" in zone
        else SelectChoice(zone)
        for zone in _zones()
    ]


@lru_cache(maxsize=1)
def _zones() -> list[str]:
    return ["UTC", *sorted(zone for zone in available_timezones() if zone.split("/")[0] in REGIONS)]
