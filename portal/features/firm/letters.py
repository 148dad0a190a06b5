"""The letter that shows whether letters arrive."""

from __future__ import annotations

from portal.models.people import Person
from portal.web.letterhead import print_letter
from portal.web.letterpress import Letter
from portal.web.letters import letter
from portal.web.links import absolute


@letter("test_mail")
def test_mail(person: Person, facts: dict[str, object]) -> Letter | None:
    """Say that this is only a test, on the paper every letter has."""
    return print_letter("firm/test_mail", person, link=absolute("staff.firm.mail"))
