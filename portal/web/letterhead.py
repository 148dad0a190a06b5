"""The firm's paper, and printing a letter to a person on it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from portal.models.people import Firm, Person, the_firm
from portal.web.brand import derive
from portal.web.letterpress import Letter, Letterhead, render
from portal.web.links import absolute


def letterhead(firm: Firm) -> Letterhead:
    """What the paper shows of the firm."""
    colours = derive(firm.colour)
    light, dark = colours.light, colours.dark
    return Letterhead(
        name=firm.name,
        phone=firm.phone,
        address=str(firm.settings.get("postal_address", "")),
        mark_url=absolute("public.firm.mark", v=firm.mark_key[-8:]) if firm.mark_key else "",
        brand=light.brand,
        brand_on=light.brand_on,
        brand_text=light.brand_text,
        dark_brand=dark.brand,
        dark_brand_on=dark.brand_on,
        dark_brand_text=dark.brand_text,
    )


def print_letter(template_name: str, person: Person, **values: object) -> Letter:
    """Print a letter in the person's language and zone."""
    return render(
        template_name,
        lang=person.language,
        zone=ZoneInfo(person.zone),
        firm=letterhead(the_firm()),
        first=person.first_name,
        person=person,
        **values,
    )
