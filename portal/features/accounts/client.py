"""About me: what people say about themselves, and where they are signed in. The same pages hang behind both doors."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext, refresh

from portal.features.accounts import actions, queries
from portal.features.accounts.forms import MyselfForm
from portal.kernel.refusal import NotFound
from portal.models.people import Person, SignedIn
from portal.web.doors import find, viewer


def me_pages(door: str) -> Blueprint:
    """The pages for one door."""
    pages = Blueprint("me", __name__)

    @pages.route("/me", methods=["GET", "POST"])
    def show() -> ResponseReturnValue:
        """Name, language, zone, phone, and the devices."""
        person = _myself()
        form = MyselfForm(obj=person)
        if not person.is_staff:
            del form.title
        if form.submitted(lambda: actions.change_myself(person, {f.name: f.data or "" for f in form}, by=viewer())):
            refresh()
            flash(_("Saved."), "done")
            return redirect(url_for(f"{door}.me.show"), 303)
        return render_template(f"{door}/me/show.html", form=form, person=person, devices=_devices(), here=viewer().session_id)

    @pages.post("/me/devices/<uuid:session_id>/end")
    def end_device(session_id: UUID) -> ResponseReturnValue:
        """Sign out on one device."""
        if session_id not in {device.id for device in _devices()}:
            raise NotFound
        actions.end_session(session_id, by=viewer())
        flash(_("Signed out there."), "done")
        return redirect(url_for(f"{door}.me.show"), 303)

    @pages.post("/me/devices/end-others")
    def end_other_devices() -> ResponseReturnValue:
        """Sign out everywhere else."""
        count = actions.end_other_sessions(by=viewer())
        flash(ngettext("Signed out on %(num)s other device.", "Signed out on %(num)s other devices.", count), "done")
        return redirect(url_for(f"{door}.me.show"), 303)

    return pages


def _myself() -> Person:
    person_id = viewer().person_id
    if person_id is None:
        raise NotFound
    return find(Person, person_id)


def _devices() -> list[SignedIn]:
    """Where the viewer is signed in; whoever looks through their eyes is not told."""
    person_id = viewer().person_id
    return queries.sessions_of(person_id) if person_id and not viewer().seen_as else []


pages = me_pages("client")
