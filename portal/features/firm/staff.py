"""Settings of the firm: members of the staff may read them, admins change them."""

from __future__ import annotations

from contextlib import closing
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.firm import actions, queries
from portal.features.firm.forms import GIGABYTE, MEGABYTE, ColourForm, FirmForm, MarkForm, RoomForm, SenderForm
from portal.features.firm.marks import redraw
from portal.kernel.policy import require
from portal.kernel.refusal import Refused
from portal.kinds.files import purging, room
from portal.kinds.previews.redrawing import NOTHING_CHOSEN
from portal.models import may
from portal.models.people import Firm
from portal.storage import StorageError
from portal.storage.current import store
from portal.web.brand import Brand, derive, is_colour
from portal.web.buttons import press
from portal.web.doors import begin_writing, reads_first, viewer
from portal.web.forms import wants_fragment
from portal.web.working_days import CalendarForm

pages = Blueprint("firm", __name__)


@pages.route("/settings", methods=["GET", "POST"])
def settings() -> ResponseReturnValue:
    """Name, address, phone, language and zone."""
    firm = queries.firm()
    form = FirmForm(obj=firm, address=firm.settings.get("postal_address", ""))

    def save() -> None:
        words = {"name": form.name.data or "", "address": form.address.data or "", "phone": form.phone.data or ""}
        actions.describe(firm, **words, language=form.language.data, zone=form.zone.data, by=viewer())

    if form.submitted(save):
        return _saved("staff.firm.settings")
    return render_template("staff/firm/settings.html", form=form)


@pages.route("/settings/look", methods=["GET", "POST"])
def look() -> ResponseReturnValue:
    """The firm's mark and its colour: `?colour=` tries one on without keeping it."""
    firm = queries.firm()
    form = ColourForm(formdata=request.form if request.method == "POST" else request.args or None, colour=firm.colour)
    if form.submitted(lambda: actions.choose_colour(firm, form.colour.data or "", by=viewer())):
        return _saved("staff.firm.look")
    if request.method == "GET" and request.args:
        form.validate()
    return _look(firm, form, MarkForm())


@pages.get("/settings/look.css")
def trial() -> ResponseReturnValue:
    """The styles of a colour that is only tried on, for the two trial boxes."""
    colour = request.args.get("colour", "")
    brand = derive(colour if is_colour(colour) else queries.firm().colour)
    boxes = ((name, tones.css()) for name, tones in (("light", brand.light), ("dark", brand.dark)))
    return Response("".join(f'.trial[data-theme="{name}"] {{ {css} }}\n' for name, css in boxes), mimetype="text/css")


@pages.post("/settings/look/mark")
@reads_first
def change_mark() -> ResponseReturnValue:
    """Take another picture as the firm's mark; it is redrawn before anybody waits for us."""
    require(may.run_firm(viewer()), actions.ADMINS_ONLY)
    form = MarkForm()
    if form.submitted(lambda: _keep(form)):
        return _saved("staff.firm.look")
    firm = queries.firm()
    return _look(firm, ColourForm(formdata=None, colour=firm.colour), form)


@pages.post("/settings/look/mark/remove")
def remove_mark() -> ResponseReturnValue:
    """Show the first letter of the name again."""
    firm = queries.firm()

    def remove() -> None:
        before = firm.mark_key
        actions.remove_mark(firm, by=viewer())
        _forget(before)

    return press(remove, _("Removed."), to=url_for("staff.firm.look"))


@pages.route("/settings/mail", methods=["GET", "POST"])
def mail() -> ResponseReturnValue:
    """The sender, a test, and the mail that did not go out."""
    firm = queries.firm()
    form = SenderForm(obj=firm)

    def save() -> None:
        actions.change_sender(firm, name=form.mail_name.data or "", address=form.mail_address.data or "", by=viewer())

    if form.submitted(save):
        return _saved("staff.firm.mail")
    tests = queries.test_mails_to(viewer().person_id)
    look_again = any(queries.is_under_way(row) for row in tests)
    if wants_fragment():
        return render_template("staff/firm/_tests.html", tests=tests, look_again=look_again)
    return render_template(
        "staff/firm/mail.html", form=form, tests=tests, look_again=look_again, stuck=queries.stuck_mails(), chores=queries.stuck_chores()
    )


@pages.post("/settings/mail/test")
def test() -> ResponseReturnValue:
    """Send the viewer a test mail."""
    words = _("A test email is on its way to you. Under its button you see how it went.")
    return press(lambda: actions.send_test_mail(by=viewer()), words, to=url_for("staff.firm.mail"))


@pages.post("/settings/mail/<uuid:row_id>/again")
def try_again(row_id: UUID) -> ResponseReturnValue:
    """Send a mail that got stuck once more, or do work that got stuck again."""
    row = queries.stuck_mail(row_id)
    return press(lambda: actions.try_again(row, by=viewer()), _("It is on its way again."), to=url_for("staff.firm.mail"))


@pages.post("/settings/mail/<uuid:row_id>/drop")
def drop(row_id: UUID) -> ResponseReturnValue:
    """Let a mail that got stuck go."""
    row = queries.stuck_mail(row_id)
    return press(lambda: actions.drop_mail(row, by=viewer()), _("Dismissed. It will not be sent."), to=url_for("staff.firm.mail"))


@pages.route("/settings/calendar", methods=["GET", "POST"])
def calendar() -> ResponseReturnValue:
    """Working days and days off."""
    firm = queries.firm()
    form = CalendarForm(working_days=firm.working_days, holidays="\n".join(firm.holidays), region=firm.region)
    form.offer_regions(kept=firm.region)

    def save() -> None:
        worked, region = form.working_days.data or [], form.region.data or ""
        actions.change_calendar(firm, working_days=worked, holidays=form.days_off, region=region, by=viewer())

    if form.submitted(save):
        return _saved("staff.firm.calendar")
    return render_template("staff/firm/calendar.html", form=form)


@pages.route("/settings/files", methods=["GET", "POST"])
def files() -> ResponseReturnValue:
    """How large files may be, how much of them a client may leave with us, and what is used now."""
    firm = queries.firm()
    now_said = {"file_mb": room.most_per_file() // MEGABYTE, "client_gb": room.most_per_client() // GIGABYTE}
    form = RoomForm(**now_said, keep_days=purging.kept_days())

    def save() -> None:
        file, client = (form.file_mb.data or 0) * MEGABYTE, (form.client_gb.data or 0) * GIGABYTE
        actions.limit_files(firm, most_per_file=file, most_per_client=client, keep_days=form.keep_days.data or 0, by=viewer())

    if form.submitted(save):
        return _saved("staff.firm.files")
    return render_template("staff/firm/files.html", form=form, taken=queries.room_taken())


def _keep(form: MarkForm) -> None:
    file = request.files.get(form.mark.name)
    if file is None:
        raise Refused(NOTHING_CHOSEN, field="mark", status=422)
    with closing(file):
        picture = redraw(file.stream)
    begin_writing()
    firm = queries.firm()
    before = firm.mark_key
    actions.keep_mark(firm, picture, by=viewer())
    _forget(before)


def _forget(key: str | None) -> None:
    """Drop the bytes of the mark before; if that fails they only take up room."""
    try:
        if key:
            store().delete(key)
    except StorageError:
        return


def _look(firm: Firm, form: ColourForm, mark_form: MarkForm) -> ResponseReturnValue:
    wanted = form.colour.data or ""
    colour = wanted if is_colour(wanted) else firm.colour
    tried: Brand = derive(colour)
    return render_template("staff/firm/look.html", form=form, mark_form=mark_form, colour=colour, tried=tried, is_new=colour != firm.colour)


def _saved(endpoint: str) -> ResponseReturnValue:
    flash(_("Saved."), "done")
    return redirect(url_for(endpoint), 303)
