"""Letters about signing in. They carry no text that a client or staff member wrote."""

from __future__ import annotations

from uuid import UUID

from portal.features.accounts import queries
from portal.kernel import keys
from portal.models.people import Person
from portal.models.sign_in import still_leads_in
from portal.web.letterhead import print_letter
from portal.web.letterpress import Letter
from portal.web.letters import letter
from portal.web.links import sign_in_link


@letter("sign_in")
def sign_in(person: Person, facts: dict[str, object]) -> Letter | None:
    """The link and the code; nothing when they would be too old to use."""
    asked = queries.sign_in_request(UUID(str(facts["request"])))
    if asked is None or not still_leads_in(asked):
        return None
    code = keys.number_code(asked.id)
    link = sign_in_link(asked.id)
    return print_letter("accounts/sign_in", person, link=link, code=f"{code[:3]} {code[3:]}", device=asked.ua)
