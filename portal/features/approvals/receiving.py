"""Receiving the files of the page on which staff present a version."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from werkzeug.datastructures import FileStorage

from portal.features.approvals import actions
from portal.kernel.scope import find
from portal.kinds import incoming
from portal.kinds.files import FileSpec
from portal.models.files import FromSide
from portal.models.items import Item
from portal.web.doors import viewer
from portal.web.receiving import Turned, take_all

MOST_BYTES = 100_000_000  # as the page says


def receive_all(item_id: UUID, files: Sequence[FileStorage]) -> list[Turned]:
    """Take in what a form brought and lay it ready for the next version; returns what was turned away."""
    by = viewer()
    actions.may_lay_ready(find(Item, item_id), len(files), by=by)
    return take_all(
        item_id,
        files,
        spec=FileSpec(max_bytes=MOST_BYTES),
        announce=lambda item, names: incoming.announce(item, names, by=by),
        keep=lambda item, arrived: incoming.keep(item, arrived, side=FromSide.FIRM, by=by),
    )
