"""Who was asked for a part of something: what that lets them see and answer, and what stays closed to them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import cast
from uuid import UUID

from sqlalchemy import select

from portal.kernel.db import db
from portal.kernel.viewer import Role, Viewer
from portal.models.sharing import SharePerson
from portal.models.turns import ItemPerson, Part

FILES = ""  # stands among the questions for the files of an item that asks for files, whose rows name no question
NEEDS_TO_BE_ASKED = (Role.GUEST, Role.WATCH)
HELPS_NOW = (ItemPerson.part == Part.HELP, ItemPerson.ended_at.is_(None))


def keys_of(row: ItemPerson) -> frozenset[str]:
    """The questions somebody was asked for."""
    return frozenset(cast("list[str]", (row.scope or {}).get("questions", [])))


def with_parts(viewer: Viewer, roles: Mapping[UUID, Role]) -> Viewer:
    """The viewer with the parts they were asked for: of what their role does not open to them, or is named for others. Needs a session
    opened for the system."""
    if viewer.person_id is None:
        return viewer
    mine = (ItemPerson.person_id == viewer.person_id, ItemPerson.ended_at.is_(None), ItemPerson.client_id.in_(roles))
    rows = list(db.session.scalars(select(ItemPerson).where(*mine)))
    whole = {row.item_id for row in rows if row.part is not Part.HELP}
    asked = [row for row in rows if row.part is Part.HELP and row.item_id not in whole]
    others = _named_for_others([row.item_id for row in asked if roles[row.client_id] not in NEEDS_TO_BE_ASKED])
    parts = {row.item_id: keys_of(row) for row in asked if roles[row.client_id] in NEEDS_TO_BE_ASKED or row.item_id in others}
    limited = frozenset(row.item_id for row in rows if row.item_id in parts and roles[row.client_id] is Role.GUEST)
    return replace(viewer, parts=MappingProxyType(parts), limited=limited, helps_only=_helps_only(viewer.person_id, roles, rows))


def _named_for_others(item_ids: Collection[UUID]) -> Collection[UUID]:
    """Which of these items are named for somebody to do, so that a role alone does not open them."""
    named = (ItemPerson.item_id.in_(item_ids), ItemPerson.part == Part.DO, ItemPerson.ended_at.is_(None))
    return set(db.session.scalars(select(ItemPerson.item_id).where(*named))) if item_ids else ()


def _helps_only(person_id: UUID, roles: Mapping[UUID, Role], rows: list[ItemPerson]) -> bool:
    """Whether somebody was let in for parts of something alone: a guest everywhere, named for nothing whole and given nothing."""
    if any(role is not Role.GUEST for role in roles.values()) or any(row.part is not Part.HELP for row in rows):
        return False
    helped = select(ItemPerson.id).where(ItemPerson.person_id == person_id, ItemPerson.part == Part.HELP, ItemPerson.client_id.in_(roles))
    given = select(SharePerson.share_id).where(SharePerson.person_id == person_id, SharePerson.client_id.in_(roles))
    return db.session.scalar(helped.limit(1)) is not None and db.session.scalar(given.limit(1)) is None
