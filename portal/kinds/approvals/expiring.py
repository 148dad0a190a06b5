"""Versions that had to be decided until a moment. The moment counts when somebody decides; who comes by afterwards moves the ball to us."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from portal.kernel import chores
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db, open_session
from portal.kernel.record import Kind, record
from portal.kernel.scope import find
from portal.kernel.viewer import SYSTEM
from portal.kinds.approvals.kind import awaits_answer
from portal.models.approvals import ApprovalVersion
from portal.models.item_states import ItemState
from portal.models.items import Item

EXPIRE = "expire"


def order(version: ApprovalVersion) -> None:
    """Have somebody come by when the time of a version is over."""
    if version.expires_at:
        wait = version.expires_at - now() + timedelta(seconds=1)
        chores.order(EXPIRE, facts={"version": str(version.id)}, client_id=version.client_id, wait=wait, dedupe=f"{EXPIRE}:{version.id}")


@chores.chore(EXPIRE)
def expire(facts: chores.Facts) -> None:
    """Move the ball to us if the version still stands and nobody has decided enough."""
    open_session(SYSTEM, writes=True)
    found = db.session.scalar(select(ApprovalVersion.item_id).where(ApprovalVersion.id == UUID(str(facts["version"]))))
    if found:
        expire_item(find(Item, found))


@action
def expire_item(item: Item) -> None:
    """Let what was not decided in time wait for us."""
    standing = (ApprovalVersion.item_id == item.id, ApprovalVersion.superseded_at.is_(None))
    version = db.session.scalar(select(ApprovalVersion).where(*standing).execution_options(populate_existing=True))
    if version and version.has_expired(at=now()) and item.state is ItemState.TO_DO and awaits_answer(item):
        item.expire(at=now())
        record(Kind.VERSION_EXPIRED, item, by=SYSTEM, version=version.id, n=version.n)
