"""The client's side of reminders: switching one's own off and on again."""

from __future__ import annotations

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.reminders import actions
from portal.kernel.refusal import NotFound
from portal.models.people import Person
from portal.web.buttons import press
from portal.web.doors import find, viewer

pages = Blueprint("reminders", __name__)


@pages.post("/me/reminders/<any(on, off):turn>")
def switch(turn: str) -> ResponseReturnValue:
    """Switch them."""
    who = viewer().person_id
    if who is None:
        raise NotFound
    done = _("Reminders reach you again.") if turn == "on" else _("No reminder goes out to you by itself any more.")
    me, on = find(Person, who), turn == "on"
    return press(lambda: actions.switch_mails(me, "reminders", on=on, by=viewer()), done, to=url_for("client.me.show"))
