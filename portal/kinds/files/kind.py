"""Items that ask for files."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import aliased

from portal.kernel.db import db
from portal.kernel.refusal import N_
from portal.kinds import reading
from portal.kinds.files import room
from portal.kinds.protocol import Missing
from portal.models.deliveries import HandOver
from portal.models.files import FromSide, Scan, Upload
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.storage.arrival import Rules

MOST_FILES = 200


@dataclass(frozen=True)
class FileSpec:
    """What a files item asks for: families of types (empty: any), how many, how large each may and should be, and how many pages."""

    types: tuple[str, ...] = ()
    min_count: int = 1
    max_count: int = MOST_FILES
    max_bytes: int = room.FILE
    min_bytes: int = 0
    min_width: int = 0
    min_pages: int = 0
    max_pages: int = 0

    @property
    def rules(self) -> Rules:
        """What is asked of each file."""
        return Rules(self.types, self.min_bytes, self.min_width, self.min_pages, self.max_pages)


def spec_of(item: Item) -> FileSpec:
    """The file rules written on an item."""
    spec = item.spec
    return FileSpec(
        types=tuple(cast("Sequence[str]", spec.get("types") or ())),
        min_count=int(cast("int", spec.get("min_count") or 1)),
        max_count=int(cast("int", spec.get("max_count") or MOST_FILES)),
        max_bytes=min(int(cast("int", spec.get("max_bytes") or room.most_per_file())), room.most_per_file()),
        **{name: int(cast("int", spec.get(name) or 0)) for name in ("min_bytes", "min_width", "min_pages", "max_pages")},
    )


def files_of(item_id: UUID) -> list[Upload]:
    """The client's files on an item that are still there, each in its latest version, oldest first."""
    return list(db.session.scalars(select(Upload).where(*_there(item_id)).order_by(Upload.received_at, Upload.name, Upload.id)))


def files_by_question(item_ids: Collection[UUID]) -> dict[UUID, dict[str, list[Upload]]]:
    """The client's files that answer questions of these items, by item and question, each in its latest version, oldest first."""
    told: dict[UUID, dict[str, list[Upload]]] = {one: {} for one in item_ids}
    found = select(Upload).where(*_the_clients(item_ids), Upload.question_key != "").order_by(Upload.received_at, Upload.name, Upload.id)
    for upload in db.session.scalars(found) if item_ids else ():
        told[cast("UUID", upload.item_id)].setdefault(upload.question_key, []).append(upload)
    return told


def how_many(item_id: UUID) -> int:
    """How many files `files_of` would find."""
    return db.session.scalar(select(func.count(Upload.id)).where(*_there(item_id))) or 0


def is_latest() -> ColumnElement[bool]:
    """That no newer version of a file has come that is still there."""
    newer = aliased(Upload)
    return ~exists(select(newer.id).where(newer.replaces_id == Upload.id, newer.removed_at.is_(None)))


def _there(item_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (*_the_clients([item_id]), Upload.question_key == "")


def _the_clients(item_ids: Collection[UUID]) -> tuple[ColumnElement[bool], ...]:
    return (Upload.item_id.in_(item_ids), Upload.side == FromSide.CLIENT, Upload.removed_at.is_(None), is_latest())


def is_withdrawn(upload: Upload) -> bool:
    """Whether a file was removed before it was handed over for good: from then on nobody is shown it any more."""
    if upload.removed_at is None:
        return False
    stands = (HandOver.item_id == upload.item_id, HandOver.taken_back_at.is_(None), HandOver.content.contains(str(upload.id)))
    return db.session.scalar(select(HandOver.id).where(*stands).limit(1)) is None


def why_held(upload: Upload) -> str:
    """Why nobody is handed a file that is there, in words; empty when it may be fetched and looked at."""
    if upload.is_gone:
        return N_("We no longer keep this file. Its name and its fingerprint are still on record.")
    if upload.scan is Scan.WAITING:
        return N_("This file is still being checked for viruses. Please try again in a few minutes.")
    if upload.is_locked:
        return N_("A virus was found in this file, so nobody can download it.")
    return ""


def sent_before(item: Item) -> frozenset[str]:
    """The ids of the files that were in what we sent back, while it is with the client again."""
    if item.state is not ItemState.RETURNED:
        return frozenset()
    handed = reading.latest_hand_over(item.id)
    return frozenset(str(file["id"]) for file in json.loads(handed.content).get("files", ())) if handed else frozenset()


class Files:
    """The rules of files items."""

    def missing(self, item: Item) -> list[Missing]:
        """Too few files, or too many."""
        files, spec = files_of(item.id), spec_of(item)
        count = len(files)
        for file in files:
            if file.is_locked:
                locked = N_("A virus was found in “%(name)s”, so it does not count as sent. Remove it here; then send the rest.")
                return [Missing(locked, {"name": file.name})]
        if count == 0:
            return [Missing(N_("Choose at least one file first."))]
        if count < spec.min_count:
            return [
                Missing(
                    N_("We asked for %(min)s files, and %(count)s are here. Add the others, or tell us why there are fewer."),
                    {"min": spec.min_count, "count": count},
                    a_word_will_do=True,
                )
            ]
        if count > spec.max_count:
            return [
                Missing(
                    N_("We asked for at most %(max)s files, and %(count)s are here. Remove the ones we do not need."),
                    {"max": spec.max_count, "count": count},
                )
            ]
        return []

    def freeze(self, item: Item) -> dict[str, object]:
        """Names, sizes and hashes of the files handed over."""
        return {"format": 1, "kind": item.kind.value, "item": str(item.id), "files": [frozen_file(f) for f in files_of(item.id)]}

    def count(self, item: Item) -> tuple[int, int]:
        """How many files are here, of how many asked for."""
        return how_many(item.id), spec_of(item).min_count


def frozen_file(upload: Upload) -> dict[str, object]:
    """A file as evidence."""
    newer = {"version": upload.version, "replaces": str(upload.replaces_id)} if upload.replaces_id else {}
    return {"id": str(upload.id), "name": upload.name, "bytes": upload.bytes, "sha256": upload.sha256, "type": upload.type, **newer}
