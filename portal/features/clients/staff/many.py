"""Beginning with many clients at once: a sheet is looked through first, and then all of it begins, or none."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from portal.features.clients import beginning, checking, sheet
from portal.features.clients.forms.many import ManyForm
from portal.features.clients.staff import pages
from portal.features.clients.staff.starting import usual
from portal.kernel.refusal import Refused
from portal.kinds.plans.templates import published_templates
from portal.web.doors import begin_writing, reads_first, viewer
from portal.web.forms import answer_with


@pages.route("/new/many", methods=["GET", "POST"])
@reads_first
def many() -> ResponseReturnValue:
    """Look a sheet through and name every row that needs a look; begin with all of them when none does and somebody says so."""
    if not published_templates():
        return redirect(url_for("staff.clients.new"), 303)
    form, read, checked = ManyForm(**usual(viewer())), sheet.Sheet(), list[checking.Checked]()
    form.offer()

    def look() -> None:
        nonlocal read, checked
        form.text.data = form.sheet()
        read = sheet.read(form.text.data)
        checked = checking.check(read.rows, form.usual())

    if form.submitted(look) and request.form.get("act") in ("send", "draft") and _is_fine(read, checked):
        done = _begin(form, checked, send=request.form["act"] == "send")
        if done:
            flash(ngettext("One client is there.", "%(num)s clients are there.", done), "done")
            return redirect(url_for("staff.clients.index"), 303)
    return render_template("staff/clients/many.html", form=form, sheet=read, checked=checked, fine=_is_fine(read, checked))


def _is_fine(read: sheet.Sheet, checked: list[checking.Checked]) -> bool:
    return bool(checked) and not read.flaws and not any(one.flaws for one in checked)


def _begin(form: ManyForm, checked: list[checking.Checked], *, send: bool) -> int:
    """How many clients there are now; 0, with the reason on the form, when one of them was refused."""
    begin_writing()
    try:
        return len(beginning.begin_many([one.wish for one in checked if one.wish], send=send, by=viewer()))
    except Refused as refused:
        form.refuse(refused)
        answer_with(refused.status)
        return 0
