"""What we gave a client in one act: its files, and a word about them."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.features.sharing import queries
from portal.kernel.refusal import NotFound
from portal.kinds import reading
from portal.kinds.files import shelf
from portal.models.sharing import Share
from portal.web.doors import find
from portal.web.seen import note_opened

pages = Blueprint("sharing", __name__)


@pages.get("/given/<uuid:share_id>")
def show(share_id: UUID) -> ResponseReturnValue:
    """Show the files of one act, or that they were taken back."""
    share = find(Share, share_id)
    files = queries.files_of(share.id)
    if not files and not share.withdrawn_at:
        raise NotFound
    note_opened(share, kind="share")
    facts = {"share": share, "files": files, "by": reading.person(share.by_id), "older": shelf.older_versions(files)}
    return render_template("client/sharing/show.html", **facts)
