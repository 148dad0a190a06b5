"""The days a firm or a client works on, as they are kept, and the public holidays of where they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

import holidays as public

from portal.kernel.clock import Calendar, now
from portal.kernel.refusal import N_, Refused

AROUND = range(-1, 4)
"""The years whose holidays count, from the one before this year on: plans reach no further."""


def week(working_days: Iterable[int], holidays: Iterable[date], region: str | None = "") -> dict[str, object]:
    """The weekdays worked (Monday is 0), the single days off and the region, as columns; refuses a week without any."""
    days = sorted(set(working_days))
    if not days:
        raise Refused(N_("Choose at least one working day."), field="working_days", status=422)
    if region and region not in regions():
        raise Refused(N_("We do not know the public holidays there. Choose another place."), field="region", status=422)
    return {"working_days": days, "holidays": [day.isoformat() for day in sorted(set(holidays))], "region": region}


def calendar(zone: str, working_days: Iterable[int], days_off: Iterable[str], region: str) -> Calendar:
    """A calendar of somebody's own days and their region's public holidays."""
    own = frozenset(map(date.fromisoformat, days_off))
    return Calendar(zone, tuple(working_days), own | _around(region, now().year) if region else own)


@lru_cache(maxsize=1)
def regions() -> Mapping[str, str]:
    """Every place whose public holidays are known: country ("DE") or part of one ("DE-BY"), and what the part calls itself."""
    found: dict[str, str] = {}
    for country, parts in public.list_supported_countries(include_aliases=False).items():
        found[country] = ""
        names = _names(country) if parts else {}
        found |= {f"{country}-{part}": names.get(part, part) for part in parts}
    return found


def _names(country: str) -> dict[str, str]:
    """What the parts of a country are called at home: the longest of the names they go by."""
    aliases = public.country_holidays(country).subdivisions_aliases
    names: dict[str, str] = {}
    for name, part in aliases.items():
        names[part] = max(names.get(part, ""), name, key=len)
    return names


@lru_cache(maxsize=256)
def _around(region: str, year: int) -> frozenset[date]:
    country, _, part = region.partition("-")
    return frozenset(public.country_holidays(country, subdiv=part or None, years=[year + n for n in AROUND]))
