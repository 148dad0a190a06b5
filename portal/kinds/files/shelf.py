"""Everything that was exchanged: what the client sent and what we gave or presented, newest first, to be listed and packed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from portal.kernel.db import db
from portal.kinds.files.kind import is_withdrawn, why_held
from portal.models.approvals import VersionFile
from portal.models.deliveries import HandOver
from portal.models.files import Download, FromSide, Upload
from portal.models.items import Item
from portal.models.people import Person
from portal.models.projects import Project
from portal.models.sharing import Share, ShareFile
from portal.models.talk import Message, MessageFile, said_to_both

PAGE = 30
MOST_PACKED = 5000


@dataclass(frozen=True)
class Entry:
    """One file with who gave it, when, for what, and (of our own) in which act."""

    upload: Upload
    by: Person
    project: Project
    item: Item | None
    share: Share | None
    at: datetime

    @property
    def held(self) -> str:
        """Why it cannot be fetched; empty when it can."""
        return why_held(self.upload)

    @property
    def mark(self) -> str:
        """Where it stands in the list, to go on from there."""
        return f"{self.at.isoformat()}~{self.upload.id}"


@dataclass(frozen=True)
class Wanted:
    """Which files: of a project, an item, a delivery or an act of giving, or just these; from one side or both."""

    project_id: UUID | None = None
    item_id: UUID | None = None
    delivery_id: UUID | None = None
    share_id: UUID | None = None
    client_id: UUID | None = None
    ids: tuple[UUID, ...] = ()
    side: FromSide | None = None


@dataclass(frozen=True)
class Opening:
    """That somebody of the other side opened a file, and when first."""

    by: Person
    at: datetime


@dataclass(frozen=True)
class Older:
    """An older version, and who of the other side opened it, the first one first."""

    upload: Upload
    opened: list[Opening]


@dataclass(frozen=True)
class Page:
    """One page of the list, and the mark behind which the next one begins."""

    entries: list[Entry]
    following: str
    older: dict[UUID, list[Older]] = field(default_factory=dict)

    @property
    def groups(self) -> list[list[Entry]]:
        """The files by what they were for (an item, or one act of giving), in the order in which each comes first."""
        found: dict[object, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(entry.share.id if entry.share else (entry.upload.item_id, entry.upload.side), []).append(entry)
        return list(found.values())


AT: ColumnElement[datetime] = func.coalesce(Share.shared_at, Upload.received_at, type_=Upload.received_at.type)


def page(wanted: Wanted, *, after: str = "", most: int = PAGE) -> Page:
    """One page of files, the newest first, each in its latest version with the older ones beside it."""
    query = _query().where(*_wanted(wanted), _is_the_latest())
    mark = _read_mark(after)
    if mark:
        query = query.where(tuple_(AT, Upload.id) < tuple_(*mark))
    found = _entries(query.limit(most + 1))
    shown = found[:most]
    return Page(shown, shown[-1].mark if len(found) > most else "", older_versions([entry.upload for entry in shown]))


def pick(wanted: Wanted) -> list[Entry]:
    """All files of a choice, to be packed: the latest versions, or exactly what was named or delivered."""
    exactly = wanted.ids or wanted.delivery_id
    query = _query().where(*_wanted(wanted)) if exactly else _query().where(*_wanted(wanted), _is_the_latest())
    found = _entries(query.limit(MOST_PACKED))
    return [entry for entry in found if not (exactly and is_withdrawn(entry.upload))]


def exchanged(project_id: UUID) -> list[Entry]:
    """Every file of a project that changed hands and was not taken out again, in every version, the first first."""
    found = _entries(_query().where(Upload.project_id == project_id, Upload.removed_at.is_(None)))
    return found[::-1]


def older_versions(uploads: Sequence[Upload]) -> dict[UUID, list[Older]]:
    """The versions before each of these files that can still be opened, the newest first, and who opened them."""
    lines = {upload.line_id: upload for upload in uploads if upload.version > 1}
    if not lines:
        return {}
    same = or_(Upload.id.in_(lines), Upload.first_id.in_(lines))
    query = select(Upload).where(same, Upload.removed_at.is_(None), changed_hands()).order_by(Upload.version.desc())
    past = [older for older in db.session.scalars(query) if older.version < lines[older.line_id].version]
    openings = opened_by(past)
    found: dict[UUID, list[Older]] = {}
    for older in past:
        found.setdefault(lines[older.line_id].id, []).append(Older(older, openings.get(older.id, [])))
    return found


def opened_by(uploads: Iterable[Upload]) -> dict[UUID, list[Opening]]:
    """Who of the other side opened these files, and when first: of ours the client's people, of theirs our own."""
    sides = {upload.id: upload.side for upload in uploads}
    if not sides:
        return {}
    query = select(Download, Person).join(Person, Person.id == Download.person_id).where(Download.upload_id.in_(sides))
    found: dict[UUID, list[Opening]] = {}
    for mark, person in db.session.execute(query.order_by(Download.at, Person.name)):
        if person.is_staff == (sides[mark.upload_id] is FromSide.CLIENT):
            found.setdefault(mark.upload_id, []).append(Opening(person, mark.at))
    return found


def numbers(uploads: Iterable[Upload]) -> dict[UUID, int]:
    """The place of each file among those ever sent for its item; all versions of a file share it, and it never changes."""
    items = {upload.item_id for upload in uploads if upload.item_id}
    every = select(Upload.id, Upload.item_id, Upload.first_id).where(Upload.item_id.in_(items), Upload.side == FromSide.CLIENT)
    places: dict[UUID, int] = {}
    counts: dict[UUID | None, int] = {}
    for row in db.session.execute(every.order_by(Upload.received_at, Upload.version, Upload.id)) if items else ():
        if row.first_id in places:
            places[row.id] = places[row.first_id]
        else:
            counts[row.item_id] = places[row.id] = counts.get(row.item_id, 0) + 1
    return places


def _query() -> Select[Upload, Person, Project, Item, Share, datetime]:
    own = and_(Share.client_id == ShareFile.client_id, Share.id == ShareFile.share_id)
    query = select(Upload, Person, Project, Item, Share, AT.label("at")).join(Person, Person.id == Upload.by_id)
    query = query.join(Project, and_(Project.client_id == Upload.client_id, Project.id == Upload.project_id))
    query = query.outerjoin(Item, and_(Item.client_id == Upload.client_id, Item.id == Upload.item_id))
    query = query.outerjoin(ShareFile, and_(ShareFile.client_id == Upload.client_id, ShareFile.upload_id == Upload.id)).outerjoin(
        Share, own
    )
    return query.where(changed_hands()).order_by(AT.desc(), Upload.id.desc())


def changed_hands() -> ColumnElement[bool]:
    """That a file has changed hands: sent by the client, presented, or given and not taken back. What lies ready has not."""
    given = select(ShareFile.upload_id).join(Share, Share.id == ShareFile.share_id).where(Share.withdrawn_at.is_(None))
    told = select(MessageFile.upload_id).join(Message, Message.id == MessageFile.message_id).where(*said_to_both())
    return or_(Upload.side == FromSide.CLIENT, Upload.id.in_(select(VersionFile.upload_id)), Upload.id.in_(given), Upload.id.in_(told))


def _is_the_latest() -> ColumnElement[bool]:
    """That it is there, and no newer version of it has changed hands."""
    newer, act, link = aliased(Upload), aliased(Share), aliased(ShareFile)
    given = select(link.upload_id).join(act, act.id == link.share_id).where(act.withdrawn_at.is_(None))
    replaced = select(newer.id).where(
        newer.replaces_id == Upload.id, newer.removed_at.is_(None), or_(newer.side == FromSide.CLIENT, newer.id.in_(given))
    )
    return and_(Upload.removed_at.is_(None), ~exists(replaced))


def _wanted(wanted: Wanted) -> list[ColumnElement[bool]]:
    known = ((Upload.project_id, wanted.project_id), (Upload.item_id, wanted.item_id), (Upload.client_id, wanted.client_id))
    found = [column == value for column, value in known if value]
    if wanted.share_id:
        found.append(ShareFile.share_id == wanted.share_id)
    if wanted.side:
        found.append(Upload.side == wanted.side)
    if wanted.delivery_id:
        found.append(Upload.id.in_(_delivered(wanted.delivery_id)))
    if wanted.ids:
        found.append(Upload.id.in_(wanted.ids))
    return found


def _delivered(delivery_id: UUID) -> Collection[UUID]:
    """The ids of the files in a delivery: of each item the last round that was not taken back."""
    rounds = select(HandOver.item_id, HandOver.content).where(HandOver.delivery_id == delivery_id, HandOver.taken_back_at.is_(None))
    latest = {row.item_id: row.content for row in db.session.execute(rounds.order_by(HandOver.round))}
    return [UUID(str(file["id"])) for content in latest.values() for file in json.loads(content).get("files", ())]


def _entries(query: Select[Upload, Person, Project, Item, Share, datetime]) -> list[Entry]:
    return [Entry(*row) for row in db.session.execute(query)]


def _read_mark(text: str) -> tuple[datetime, UUID] | None:
    at, _, upload_id = text.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, UUID(upload_id)) if moment.tzinfo else None
    except ValueError:
        return None
