"""Reads about decisions: one of them with its version and its entry in the record."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db, read_id
from portal.kernel.record import Event, Kind
from portal.kinds.approvals import kind as approvals
from portal.kinds.approvals.kind import Receipt, version_by_id
from portal.models.approvals import ApprovalVersion, Decision
from portal.models.clients import Client
from portal.models.items import Item
from portal.models.marks import Seen
from portal.models.projects import Project

MADE = (Kind.DECISION_MADE.value, Kind.DECISION_DEEMED.value)


def receipt(item: Item, decision_id: UUID) -> Receipt | None:
    """The receipt of a decision on this item."""
    decision = db.session.scalar(select(Decision).where(Decision.id == decision_id, Decision.item_id == item.id))
    if decision is None:
        return None
    version = version_by_id(item.id, decision.version_id)
    if version is None:
        return None
    whose = (project_of(item), client_of(item))
    seen = _first_seen(version, decision)
    return Receipt(item, version, decision, version.shown, entry_of(decision), *whose, seen, approvals.confirmed_by(decision))


def _first_seen(version: ApprovalVersion, decision: Decision) -> datetime | None:
    """When whoever decided first opened the page that shows this version."""
    theirs = (Seen.person_id == decision.by_id, Seen.kind == "version", Seen.object_id == version.id, Seen.first_at <= decision.at)
    return db.session.scalar(select(Seen.first_at).where(*theirs))


def entry_of(decision: Decision) -> Event | None:
    """The entry in the record that a decision made."""
    made = (Event.chain_id == decision.client_id, Event.item_id == decision.item_id, Event.kind.in_(MADE))
    entries = db.session.scalars(select(Event).where(*made).order_by(Event.seq))
    return next((entry for entry in entries if json.loads(entry.facts).get("decision") == str(decision.id)), None)


def project_of(item: Item) -> Project:
    """The project of an item."""
    return db.session.scalars(select(Project).where(Project.id == item.project_id)).one()


def client_of(item: Item) -> Client:
    """The client of an item."""
    return db.session.scalars(select(Client).where(Client.id == item.client_id)).one()


def about(item: Item) -> Item | None:
    """The thing somebody was looking at when they asked for this change."""
    named = read_id(str(item.spec.get("about", "")))
    return db.session.scalar(select(Item).where(Item.id == named, Item.project_id == item.project_id)) if named else None
