"""Addresses that go into mails: always below BASE_URL, never below whatever Host a request claimed."""

from __future__ import annotations

from uuid import UUID

from flask import current_app, url_for

from portal.kernel import keys
from portal.models.people import Person
from portal.web.next import mail_hint


def absolute(endpoint: str, **values: object) -> str:
    """The full address of a page of ours."""
    return f"{current_app.config['BASE_URL']}{url_for(endpoint, _external=False, **values)}"  # type: ignore[arg-type]


def sign_in_link(request_id: UUID) -> str:
    """The address that signs somebody in who asked, or was invited."""
    return absolute("public.accounts.follow_link", token=keys.link_token(request_id))


def invitation_code(request_id: UUID) -> str:
    """The code beside an invitation's link, in two groups as people read it out."""
    code = keys.letter_code(request_id)
    return f"{code[:4]} {code[4:]}"


def feed_address(person: Person) -> str:
    """The secret address of somebody's calendar; empty while there is none."""
    return absolute("public.calendars.feed", token=keys.feed_token(person.feed_id)) if person.feed_id else ""


def for_person(person: Person, endpoint: str, **values: object) -> str:
    """The address of a page as a mail to this person links it: elsewhere than where they are signed in it fills in their address."""
    return absolute(endpoint, m=mail_hint(person.email_typed), **values)
