"""An order that was asked for: a list as somebody dragged it, or one of it a place up or down."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import request

from portal.kernel.db import read_id


def order_asked(standing: Iterable[UUID]) -> list[UUID]:
    """The order the request asks for, from the one that stands; what it does not name keeps its place at the end."""
    ids = list(standing)
    dragged = [found for text in request.form.get("order", "").split() if (found := read_id(text)) in ids]
    if dragged:
        return dragged
    moved = read_id(request.form.get("move"))
    if moved in ids:
        at = ids.index(moved)
        to = max(at - 1, 0) if request.form.get("way") == "up" else min(at + 1, len(ids) - 1)
        ids.insert(to, ids.pop(at))
    return ids
