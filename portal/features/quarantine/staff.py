"""The page on which an admin releases a locked file."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.features.quarantine import queries
from portal.features.quarantine.forms import ReleaseForm
from portal.kernel.refusal import NotFound
from portal.kinds.files import scanning
from portal.models.files import Upload
from portal.web.doors import find, viewer

pages = Blueprint("quarantine", __name__)


@pages.route("/files/<uuid:upload_id>/release", methods=["GET", "POST"])
def release(upload_id: UUID) -> ResponseReturnValue:
    """Show a locked file, and let it be fetched all the same when an admin says why."""
    upload, form = find(Upload, upload_id), ReleaseForm()
    if form.submitted(lambda: scanning.release(upload, form.reason.data or "", by=viewer())):
        flash(_("“%(name)s” is released. Whoever may see it can download it now.", name=upload.name), "done")
        return redirect(url_for("staff.client_page.item", item_id=upload.item_id), 303)
    found = queries.locked(upload_id)
    if found is None:
        raise NotFound
    if not found.upload.is_locked and not form.is_submitted():
        flash(_("“%(name)s” is not locked.", name=found.upload.name))
        return redirect(url_for("staff.client_page.item", item_id=found.upload.item_id), 303)
    return render_template("staff/quarantine/release.html", found=found, form=form)
