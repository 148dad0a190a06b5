"""The address of one's calendar: made, made anew, ended. The same pages hang behind both doors."""

from __future__ import annotations

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.calendars import actions
from portal.kernel.refusal import NotFound
from portal.models.people import Person
from portal.web.buttons import press
from portal.web.doors import find, viewer


def calendar_pages(door: str) -> Blueprint:
    """The pages for one door."""
    pages = Blueprint("calendars", __name__)

    @pages.post("/me/calendar")
    def make() -> ResponseReturnValue:
        """Make an address, and forget the one before."""
        done = _("Here is your address. Give it to your calendar program.")
        return press(lambda: actions.make(_myself(), by=viewer()), done, to=url_for(f"{door}.me.show", _anchor="feed"))

    @pages.post("/me/calendar/end")
    def end() -> ResponseReturnValue:
        """End the address."""
        done = _("The address leads nowhere any more.")
        return press(lambda: actions.end(_myself(), by=viewer()), done, to=url_for(f"{door}.me.show", _anchor="feed"))

    return pages


def _myself() -> Person:
    person_id = viewer().person_id
    if person_id is None:
        raise NotFound
    return find(Person, person_id)


pages = calendar_pages("client")
