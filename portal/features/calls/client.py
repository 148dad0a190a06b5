"""The client's side of calls: how they want to be called."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.calls import actions
from portal.features.calls.forms import RulesForm
from portal.kernel.refusal import NotFound
from portal.models.people import Person
from portal.web.doors import find, viewer

pages = Blueprint("calls", __name__)


@pages.route("/me/calls", methods=["GET", "POST"])
def wishes() -> ResponseReturnValue:
    """Say how one wants to be called."""
    person_id = viewer().person_id
    if person_id is None:
        raise NotFound
    person = find(Person, person_id)
    form = RulesForm.of(person)
    if form.submitted(lambda: actions.wish(person, form.rules(person), form.phone.data or "", by=viewer())):
        flash(_("Saved. We see this beside your number before we call."), "done")
        return redirect(url_for("client.me.show"), 303)
    return render_template("client/calls/wishes.html", form=form, person=person)
