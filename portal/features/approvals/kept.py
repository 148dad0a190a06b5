"""Receipts of people who worked with us for a client that is put away: theirs to fetch as long as anything is kept."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from portal.features.approvals import queries
from portal.kernel.db import acting_as, db
from portal.kernel.refusal import NotFound
from portal.kernel.viewer import SYSTEM, Viewer
from portal.kinds.approvals.kind import Receipt
from portal.models.approvals import ApprovalVersion, Decision
from portal.models.clients import Client, Membership
from portal.models.items import Item


@dataclass(frozen=True)
class Kept:
    """One of their own decisions, what it was about, and for which client."""

    decision: Decision
    version: ApprovalVersion
    title: str
    client: Client


def receipts_of(viewer: Viewer, decision_id: UUID | None = None) -> list[Kept]:
    """Their own decisions for clients that are put away and still have them as a contact, the newest first; or one, wherever it is."""
    me = viewer.person_id
    query = select(Decision, ApprovalVersion, Client).join(ApprovalVersion, ApprovalVersion.id == Decision.version_id)
    query = query.join(Client, Client.id == Decision.client_id)
    spoke = (Membership.client_id == Client.id) & (Membership.person_id == me) & Membership.ended_at.is_(None)
    query = query.join(Membership, spoke).where(or_(Decision.by_id == me, Decision.person_id == me))
    query = query.where(Decision.id == decision_id if decision_id else Client.archived_at.is_not(None))
    if me is None or not viewer.is_client or viewer.seen_as:
        return []
    with acting_as(SYSTEM):
        rows = db.session.execute(query.order_by(Decision.at.desc(), Decision.id)).all()
    return [Kept(decision, version, version.shown.title, client) for decision, version, client in rows]


def receipt(viewer: Viewer, decision_id: UUID) -> Receipt:
    """One of them; raises NotFound."""
    for one in receipts_of(viewer, decision_id):
        with acting_as(SYSTEM):
            told = queries.receipt(db.session.get_one(Item, one.decision.item_id), decision_id)
        if told:
            return told
    raise NotFound
