"""The letter that asks somebody to work here."""

from __future__ import annotations

from uuid import UUID

from portal.kernel.db import db
from portal.models.people import Person, SignInRequest
from portal.models.sign_in import still_leads_in
from portal.web.letterhead import print_letter
from portal.web.letterpress import Letter
from portal.web.letters import letter
from portal.web.links import invitation_code, sign_in_link


@letter("staff_invite")
def staff_invite(person: Person, facts: dict[str, object]) -> Letter | None:
    """The link and its code; nothing when a newer invitation took its place."""
    asked = db.session.get(SignInRequest, UUID(str(facts["request"])))
    if asked is None or not still_leads_in(asked):
        return None
    inviter = db.session.get(Person, UUID(str(facts["by"]))) if facts.get("by") else None
    way = {"link": sign_in_link(asked.id), "code": invitation_code(asked.id)}
    return print_letter("team/invite", person, **way, inviter=inviter.name if inviter else "")
