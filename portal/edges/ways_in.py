"""Links that the operator makes on the machine itself: no browser asked for them, so they work in any, once."""

from __future__ import annotations

import click

from portal.features.accounts import actions
from portal.kernel.db import open_session
from portal.kernel.refusal import Refused
from portal.kernel.viewer import SYSTEM
from portal.models.people import Purpose
from portal.models.sign_in import person_with
from portal.web.links import sign_in_link


def operator_link(email: str, *, next_path: str) -> str:
    """A link that signs this person in with one press of a button, within 24 hours."""
    open_session(SYSTEM, writes=True)
    try:
        person = person_with(email)
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    if person is None or person.disabled_at:
        raise click.ClickException(f"Nobody with the address {email} can sign in here.")
    request_id = actions.make_link(person, Purpose.OPERATOR, next_path=next_path)
    return sign_in_link(request_id)
