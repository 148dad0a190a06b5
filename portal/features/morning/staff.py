"""The page on which people of the firm choose whether and when they get their morning letter."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.morning import actions
from portal.features.morning.forms import MorningForm
from portal.kernel.refusal import NotFound
from portal.kinds.reminders.mornings import hour_of, wants
from portal.models.people import Person
from portal.web.doors import find, viewer

pages = Blueprint("morning", __name__)


@pages.route("/me/morning", methods=["GET", "POST"])
def choose() -> ResponseReturnValue:
    """Choose."""
    who = viewer().person_id
    if who is None:
        raise NotFound
    me = find(Person, who)
    form = MorningForm(on=wants(me), hour=hour_of(me))
    if form.submitted(lambda: actions.choose(me, on=bool(form.on.data), hour=form.hour.data, by=viewer())):
        flash(_("Saved."), "done")
        return redirect(url_for("staff.me.show"), 303)
    return render_template("staff/morning/choose.html", form=form, zone=me.zone)
