"""Reads about pinned comments. The scope hides internal ones from contacts; letters, which read as the system, ask for shared ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from portal.kernel.db import db
from portal.kernel.record import Audience
from portal.kernel.viewer import Viewer
from portal.kinds.approvals.kind import Presented
from portal.models.approvals import ApprovalVersion, Decision
from portal.models.files import FromSide
from portal.models.people import Person
from portal.models.pins import Pin, PinReply
from portal.models.snapshots import FrozenFile


@dataclass(frozen=True)
class Reply:
    """What was said back, and by whom."""

    row: PinReply
    by: Person


@dataclass(frozen=True)
class Pinned:
    """A comment with who made it, on which version, what was said back, and who said what became of it."""

    pin: Pin
    by: Person
    n: int
    replies: tuple[Reply, ...] = ()
    settled_by: Person | None = None


@dataclass(frozen=True)
class Came:
    """What became of the comments on earlier versions, as the client reads it beside the one that stands."""

    settled: tuple[Pinned, ...]
    open: tuple[Pinned, ...]


def pins_where(*which: ColumnElement[bool]) -> list[Pinned]:
    """Comments with all that was said back, by version and number, the shared ones first."""
    settler = aliased(Person)
    query = select(Pin, Person, ApprovalVersion.n, settler).join(Person, Person.id == Pin.by_id)
    query = query.join(ApprovalVersion, ApprovalVersion.id == Pin.version_id).outerjoin(settler, settler.id == Pin.settled_by)
    rows = db.session.execute(query.where(*which).order_by(ApprovalVersion.n, Pin.audience.desc(), Pin.n)).all()
    said = _replies([row[0].id for row in rows])
    return [Pinned(pin, by, n, tuple(said.get(pin.id, ())), by_whom) for pin, by, n, by_whom in rows]


def pins_of(item_id: UUID) -> list[Pinned]:
    """Every comment on an item that the viewer may see."""
    return pins_where(Pin.item_id == item_id)


def by_file(pins: Collection[Pinned], version: ApprovalVersion) -> Mapping[str, list[Pinned]]:
    """The comments on one version, by the id of their file as text."""
    found: dict[str, list[Pinned]] = defaultdict(list)
    for told in pins:
        if told.pin.version_id == version.id:
            found[str(told.pin.upload_id)].append(told)
    return found


def open_of_client(item_id: UUID) -> list[Pinned]:
    """What the client commented on and nobody has answered yet: the list of things to do for the next version."""
    return pins_where(Pin.item_id == item_id, *_of_client())


def wishes_on(version: ApprovalVersion) -> list[Pinned]:
    """The open comments of the client on one version: beside a wish for changes they say what should be different."""
    return pins_where(Pin.version_id == version.id, *_of_client())


def wishes_among(pins: Collection[Pinned], version: ApprovalVersion) -> list[Pinned]:
    """The same from comments that were read already."""
    return [told for told in pins if told.pin.version_id == version.id and is_wish(told.pin)]


def is_wish(pin: Pin) -> bool:
    """Whether the client wants something with it that nobody has answered yet."""
    return pin.is_open and not pin.is_internal and pin.side is FromSide.CLIENT


def came_of(pins: Collection[Pinned], versions: Sequence[Presented]) -> Came:
    """What became of comments on earlier versions since the one before was shown, and what is still open. Versions come newest first."""
    if len(versions) < 2:
        return Came((), ())
    since = versions[1].version.presented_at
    earlier = [told for told in pins if told.n < versions[0].version.n and not told.pin.is_internal and told.pin.side is FromSide.CLIENT]
    settled = tuple(told for told in earlier if told.pin.settled_at and told.pin.settled_at >= since)
    return Came(settled, tuple(told for told in earlier if told.pin.is_open))


def may_mend(told: Pinned, decisions: Iterable[Decision], viewer: Viewer) -> bool:
    """Whether this is one's own comment, which nobody has answered and which none of these decisions took along."""
    own = told.pin.by_id == viewer.person_id and told.pin.is_open and not told.replies
    return own and not any(str(told.pin.id) in decision.pin_ids for decision in decisions)


def place_of(pin: Pin, files: Collection[FrozenFile]) -> FrozenFile | None:
    """The file a comment is pinned to, as it was frozen."""
    return next((file for file in files if file.id == pin.upload_id), None)


def pin_by_id(item_id: UUID, pin_id: UUID) -> Pin | None:
    """One comment on an item that the viewer may see."""
    return db.session.scalar(select(Pin).where(Pin.id == pin_id, Pin.item_id == item_id))


def _of_client() -> tuple[ColumnElement[bool], ...]:
    return Pin.audience == Audience.SHARED, Pin.side == FromSide.CLIENT, Pin.fate.is_(None)


def _replies(ids: Collection[UUID]) -> Mapping[UUID, list[Reply]]:
    said: dict[UUID, list[Reply]] = defaultdict(list)
    query = select(PinReply, Person).join(Person, Person.id == PinReply.by_id).where(PinReply.pin_id.in_(ids))
    for row, by in db.session.execute(query.order_by(PinReply.at, PinReply.id)) if ids else ():
        said[row.pin_id].append(Reply(row, by))
    return said
