"""The papers of an agreement: scopes and change requests with the version that stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import acting_as, db
from portal.kernel.viewer import SYSTEM
from portal.models.approvals import ApprovalVersion
from portal.models.item_states import ItemKind, ItemState, Subject
from portal.models.items import Item
from portal.models.snapshots import Scope, Snapshot


@dataclass(frozen=True)
class Paper:
    """An agreement or a change of it, as it was presented last, if it was."""

    item: Item
    shown: Snapshot | None

    @property
    def counts(self) -> bool:
        """Whether the client said yes to it."""
        return self.item.state is ItemState.ACCEPTED and self.shown is not None


def papers_of(items: Iterable[Item]) -> list[Paper]:
    """The papers among these items, in the order in which they came to stand as they stand."""
    mine = sorted((i for i in items if i.subject is not Subject.THING), key=lambda i: (i.state_since, i.position, str(i.id)))
    standing = (ApprovalVersion.item_id.in_([item.id for item in mine]), ApprovalVersion.superseded_at.is_(None))
    shown = {one.item_id: one.shown for one in db.session.scalars(select(ApprovalVersion).where(*standing))} if mine else {}
    return [Paper(item, shown.get(item.id)) for item in mine]


def scope_in_force(project_id: UUID) -> Scope | None:
    """The scope that was agreed last, whoever asks: what a guest decides on is counted by it too."""
    agreed = scope_and_when(project_id)
    return agreed[0] if agreed else None


def scope_and_when(project_id: UUID) -> tuple[Scope, datetime] | None:
    """The same, with the moment since which it counts."""
    accepted = (Item.project_id == project_id, Item.kind == ItemKind.APPROVAL, Item.state == ItemState.ACCEPTED)
    query = select(ApprovalVersion, Item.state_since).join(Item, Item.id == ApprovalVersion.item_id)
    query = query.where(*accepted, ApprovalVersion.superseded_at.is_(None), Item.spec["subject"].as_string() == Subject.SCOPE.value)
    with acting_as(SYSTEM):
        row = db.session.execute(query.order_by(Item.state_since.desc()).limit(1)).first()
    return (row[0].shown.scope, row[1]) if row and row[0].shown.scope else None
