"""The buttons inside a section besides its last ones: another row, a row less, a file taken off."""

from __future__ import annotations

from uuid import UUID

from flask import flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.features.questionnaires import actions, earlier
from portal.kernel.scope import find
from portal.kernel.viewer import Viewer
from portal.models.items import Item
from portal.web.places import id_of


def act(item_id: UUID, n: int, *, by: Viewer) -> str:
    """Do what a button inside the section says; where to go on, or nothing when it was one of the last ones."""
    verb, _dot, rest = request.form.get("act", "").partition(".")
    key, _dot, more = rest.partition(".")
    if verb not in ("more", "stay", "remove", "drop", "take"):
        return ""
    if verb == "take":
        count = earlier.take(find(Item, item_id), [key] if key else request.form.getlist("earlier"), by=by)
        if not key:
            words = ngettext("Taken over. Please look whether it is right.", "%(num)s answers taken over. Please look through them.", count)
            flash(words, "done")
    if verb == "remove":
        actions.remove_row(find(Item, item_id), key, more, by=by)
    if verb == "drop":
        flash(_("“%(name)s” is removed.", name=actions.remove_file(find(Item, item_id), key, id_of(more), by=by)), "done")
    again = key if verb == "more" else None
    return url_for("client.questionnaires.section", item_id=item_id, n=n, more=again, come=request.args.get("come"), _anchor=key)
