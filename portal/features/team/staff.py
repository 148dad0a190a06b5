"""Who works here: the list, inviting, and one page for each of them."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.team import actions, queries
from portal.features.team.forms import InviteForm, RoleForm
from portal.kernel.policy import require
from portal.models import may
from portal.models.people import Person, StaffRole
from portal.web.buttons import press
from portal.web.doors import find, viewer

pages = Blueprint("team", __name__)


@pages.get("/settings/people")
def people() -> ResponseReturnValue:
    """Everybody who works here."""
    return render_template("staff/team/people.html", colleagues=queries.colleagues(), me=viewer().person_id)


@pages.route("/settings/people/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Invite somebody."""
    require(may.run_firm(viewer()), actions.ADMINS_ONLY)
    form = InviteForm()

    def invite() -> None:
        actions.invite(name=form.name.data or "", email=form.email.data or "", role=StaffRole(form.role.data), by=viewer())

    if form.submitted(invite):
        flash(_("Invited. The email to %(name)s is on its way.", name=form.name.data.strip()), "done")
        return redirect(url_for("staff.team.people"), 303)
    return render_template("staff/team/new.html", form=form)


@pages.route("/settings/people/<uuid:person_id>", methods=["GET", "POST"])
def person(person_id: UUID) -> ResponseReturnValue:
    """One of them: role, and whether they may come in."""
    found = queries.colleague(person_id)
    form = RoleForm(role=(found.person.staff_role or StaffRole.MEMBER).value)
    if form.submitted(lambda: actions.change_role(find(Person, person_id), StaffRole(form.role.data), by=viewer())):
        flash(_("Saved. It counts from now on."), "done")
        return redirect(url_for("staff.team.person", person_id=person_id), 303)
    return render_template("staff/team/person.html", found=found, form=form, is_me=person_id == viewer().person_id)


@pages.post("/settings/people/<uuid:person_id>/invite-again")
def invite_again(person_id: UUID) -> ResponseReturnValue:
    """Send the invitation once more."""
    return _do(person_id, lambda who: actions.invite_again(who, by=viewer()), _("A new invitation is on its way."))


@pages.post("/settings/people/<uuid:person_id>/disable")
def disable(person_id: UUID) -> ResponseReturnValue:
    """Let somebody in no more."""
    return _do(person_id, lambda who: actions.disable(who, by=viewer()), _("Done. They are signed out everywhere and cannot come in."))


@pages.post("/settings/people/<uuid:person_id>/enable")
def enable(person_id: UUID) -> ResponseReturnValue:
    """Let somebody come in again."""
    return _do(person_id, lambda who: actions.enable(who, by=viewer()), _("They may come in again."))


@pages.post("/settings/people/<uuid:person_id>/sign-out")
def sign_out(person_id: UUID) -> ResponseReturnValue:
    """Sign somebody out on all devices."""
    return _do(person_id, lambda who: actions.end_sessions(who, by=viewer()), _("Signed out on all devices."))


def _do(person_id: UUID, act: Callable[[Person], object], done: str) -> ResponseReturnValue:
    """One press of a button on a person's page."""
    queries.colleague(person_id)
    return press(lambda: act(find(Person, person_id)), done, to=url_for("staff.team.person", person_id=person_id))
