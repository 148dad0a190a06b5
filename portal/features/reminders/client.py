"""The client's side of reminders: switching one's own, and updates by email, off and on again."""

from __future__ import annotations

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.reminders import actions
from portal.kernel.refusal import N_, NotFound
from portal.models.people import Person
from portal.web.buttons import press
from portal.web.doors import find, viewer

pages = Blueprint("reminders", __name__)


DONE = {
    ("reminders", "on"): N_("Reminders reach you again."),
    ("reminders", "off"): N_("No reminder goes out to you by itself any more."),
    ("updates", "on"): N_("Weekly updates reach you by email again."),
    ("updates", "off"): N_("No weekly update goes out to you by email any more."),
}


@pages.post("/me/mails/<any(reminders, updates):what>/<any(on, off):turn>")
def switch(what: str, turn: str) -> ResponseReturnValue:
    """Switch mails of a sort to oneself."""
    who = viewer().person_id
    if who is None:
        raise NotFound
    me, on = find(Person, who), turn == "on"
    return press(lambda: actions.switch_mails(me, what, on=on, by=viewer()), _(DONE[what, turn]), to=url_for("client.me.show"))
