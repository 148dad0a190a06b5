"""Two versions of a decision beside each other: which two an address asks for, and which page of their documents is open."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request

from portal.kernel.db import db
from portal.kernel.refusal import NotFound
from portal.kinds.approvals import comparing
from portal.kinds.approvals import kind as approvals
from portal.models.files import Upload
from portal.web.pictures import turn_to


def two_versions(item_id: UUID, n: int) -> dict[str, Any]:
    """What the page shows of version `n` beside the one named by `?with=`, usually the one before; empty where there is no other."""
    versions = approvals.history(item_id)
    by_n = {one.version.n: one for one in versions}
    after, before = by_n.get(n), by_n.get(_number("with", n - 1))
    if after is None or (before is None and "with" in request.args):
        raise NotFound
    if before is None or before is after:
        return {}
    leaf = _number("page", 1)
    looks = approvals.looks_at([before, after])
    leaves = max((look.leaves for look in looks.values()), default=0)
    if not 1 <= leaf <= max(leaves, 1):
        raise NotFound
    if leaf > 1:
        looks |= {name: turn_to(_upload(name), leaf) for name, look in looks.items() if look.leaves}
    return {"told": comparing.compare(before.shown, after.shown), "versions": versions, "looks": looks, "leaf": leaf, "leaves": leaves}


def _upload(name: str) -> Upload:
    return db.session.get_one(Upload, UUID(name))


def _number(name: str, usual: int) -> int:
    text = request.args.get(name, str(usual))
    if not (text.isascii() and text.isdecimal()) or len(text) > 6:
        raise NotFound
    return int(text)
