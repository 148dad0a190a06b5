"""Addresses that go into mails: always below BASE_URL, never below whatever Host a request claimed."""

from __future__ import annotations

from flask import current_app, url_for

from portal.models.people import Person
from portal.web.next import mail_hint


def absolute(endpoint: str, **values: object) -> str:
    """The full address of a page of ours."""
    return f"{current_app.config['BASE_URL']}{url_for(endpoint, _external=False, **values)}"  # type: ignore[arg-type]


def for_person(person: Person, endpoint: str, **values: object) -> str:
    """The address of a page as a mail to this person links it: elsewhere than where they are signed in it fills in their address."""
    return absolute(endpoint, m=mail_hint(person.email_typed), **values)
