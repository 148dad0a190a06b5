"""Ending reminders from a mail: one press, nobody signs in; looking at the page changes nothing."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.features.reminders import actions
from portal.kernel.db import db
from portal.kernel.refusal import NotFound
from portal.models.people import Person
from portal.web.ending import read_token
from portal.web.forms import without_token

pages = Blueprint("ending", __name__)


@pages.get("/no-more/<ending>")
def show(ending: str) -> ResponseReturnValue:
    """Ask whether these mails shall end."""
    person, what = _meant(ending)
    return render_template("public/reminders/end.html", ending=ending, what=what, ended=person.mail_rules.get(what) is False)


@pages.post("/no-more/<ending>")
@without_token
def end(ending: str) -> ResponseReturnValue:
    """End them, for a mail program as for a person."""
    person, what = _meant(ending)
    actions.end_mails(person, what)
    return render_template("public/reminders/end.html", ending=ending, what=what, ended=True)


def _meant(ending: str) -> tuple[Person, str]:
    read = read_token(ending)
    person = db.session.get(Person, read[0]) if read else None
    if read is None or person is None or person.disabled_at:
        raise NotFound
    return person, read[1]
