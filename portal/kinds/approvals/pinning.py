"""Pinning comments to frozen versions. Callers hold the item's lock (`find` in a writing session), so no two comments get one number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import func, select

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.record import Audience, Kind, record
from portal.kernel.refusal import N_, NotFound, Refused
from portal.kernel.viewer import Viewer
from portal.kernel.words import says_something
from portal.kinds import reading
from portal.kinds.approvals import pins
from portal.kinds.previews import ordering as previews
from portal.models import may
from portal.models.approvals import ApprovalVersion, Decision, VersionFile
from portal.models.files import FromSide, Upload
from portal.models.item_states import ItemState
from portal.models.items import Item, Part
from portal.models.pins import WHOLE, Fate, Pin, PinReply

MOST = 200
OPEN = (ItemState.TO_DO, ItemState.PREPARING)
SAY_SOMETHING = N_("Write a sentence first.")


@dataclass(frozen=True)
class Spot:
    """Where a comment is pinned: which page, and how far from the left and from the top, in tenths of a per cent."""

    page: int
    x: int
    y: int


@dataclass(frozen=True)
class Answer:
    """What became of a comment, in a word and a sentence."""

    fate: Fate
    because: str = ""


def may_comment(viewer: Viewer, item: Item) -> bool:
    """Whether the viewer may comment on what is shown here."""
    return may.comment_on_item(viewer, item, reading.people_of(item.id, Part.DECIDE))


@action
def pin(item: Item, upload_id: UUID, spot: Spot, words: str, *, by: Viewer, inside: bool = False) -> Pin:
    """Pin a comment to a spot of a file of the version that stands; `inside` only for the firm's own eyes."""
    _check(item, by=by, inside=inside)
    version, file = _standing(item, upload_id)
    if not says_something(words):
        raise Refused(SAY_SOMETHING, field="words", status=422)
    _check_spot(file, spot)
    audience = Audience.INTERNAL if inside else Audience.SHARED
    before = db.session.scalar(select(func.max(Pin.n)).where(Pin.version_id == version.id, Pin.audience == audience)) or 0
    if before >= MOST:
        raise Refused(N_("There are %(most)s comments on this version. Please put the rest into one of them."), most=MOST)
    row = Pin(
        id=uuid4(),
        client_id=item.client_id,
        item_id=item.id,
        version_id=version.id,
        upload_id=file.id,
        sha256=file.sha256,
        page=spot.page,
        x=spot.x,
        y=spot.y,
        audience=audience,
        n=before + 1,
        side=_side(by),
        by_id=by.person_id,
        words=words.strip(),
        at=now(),
    )
    db.session.add(row)
    db.session.flush()
    place = {"page": row.page, "x": row.x, "y": row.y, "file": row.sha256}
    record(Kind.PIN_SET, item, by=by, audience=audience, detail={"words": row.words}, pin=row.id, version=version.id, n=version.n, **place)
    return row


@action
def reply(item: Item, pin_id: UUID, words: str, *, by: Viewer) -> PinReply:
    """Say something back, for the same eyes as the comment."""
    row = _found(item, pin_id, by=by)
    if not says_something(words):
        raise Refused(SAY_SOMETHING, field="words", status=422)
    ids = {"client_id": item.client_id, "item_id": item.id, "pin_id": row.id, "by_id": by.person_id}
    said = PinReply(id=uuid4(), **ids, audience=row.audience, words=words.strip(), at=now())
    db.session.add(said)
    db.session.flush()
    record(Kind.PIN_ANSWERED, item, by=by, audience=row.audience, detail={"words": said.words}, pin=row.id, reply=said.id)
    return said


@action
def settle(item: Item, pin_id: UUID, answer: Answer, *, by: Viewer) -> Pin:
    """Say what became of a comment: done, or left as it is for a reason."""
    row = _found(item, pin_id, by=by)
    if answer.fate is Fate.LEFT:
        require(may.comment_inside(by))
    if answer.fate is Fate.LEFT and not says_something(answer.because):
        raise Refused(N_("Say in a sentence why it stays as it is."), field=f"because-{row.id}", status=422)
    row.settle(answer.fate, answer.because.strip(), by_id=by.person_id, at=now())
    said = {"words": row.because} if row.because else None
    record(Kind.PIN_SETTLED, item, by=by, audience=row.audience, detail=said, pin=row.id, fate=answer.fate)
    return row


@action
def reopen(item: Item, pin_id: UUID, *, by: Viewer) -> Pin:
    """Open a comment again: it was not done after all."""
    row = _found(item, pin_id, by=by)
    row.reopen()
    record(Kind.PIN_REOPENED, item, by=by, audience=row.audience, pin=row.id)
    return row


@action
def reword(item: Item, pin_id: UUID, words: str, *, by: Viewer) -> Pin:
    """Write one's own comment anew, until somebody answered it. What it said before stays beside the record alone, for staff."""
    row = _own(item, pin_id, by=by)
    if not says_something(words):
        raise Refused(SAY_SOMETHING, field="words", status=422)
    row.words = words.strip()
    record(Kind.PIN_REWORDED, item, by=by, audience=row.audience, detail={"words": row.words}, pin=row.id, version=row.version_id)
    return row


@action
def remove(item: Item, pin_id: UUID, *, by: Viewer) -> Pin:
    """Take one's own comment away, until somebody answered it."""
    row = _own(item, pin_id, by=by)
    record(Kind.PIN_REMOVED, item, by=by, audience=row.audience, pin=row.id, version=row.version_id)
    db.session.delete(row)
    return row


def settle_all(item: Item, answers: Mapping[UUID, Answer], *, by: Viewer) -> None:
    """Say what became of several comments at once, as a new version is presented; what somebody answered meanwhile stays so."""
    still_open = {told.pin.id for told in pins.open_of_client(item.id)}
    for pin_id, answer in answers.items():
        if pin_id in still_open:
            settle(item, pin_id, answer, by=by)


def _check(item: Item, *, by: Viewer, inside: bool) -> None:
    require(may.comment_inside(by) if inside else may_comment(by, item))
    if by.is_client:
        reading.need_running(item)
    if not inside and item.state not in OPEN:
        raise Refused(N_("This is settled, so nothing more can be commented on here. Write or call us if something is wrong."))


def _found(item: Item, pin_id: UUID, *, by: Viewer) -> Pin:
    row = pins.pin_by_id(item.id, pin_id)
    if row is None:
        raise NotFound
    _check(item, by=by, inside=row.is_internal)
    return row


def _own(item: Item, pin_id: UUID, *, by: Viewer) -> Pin:
    row = _found(item, pin_id, by=by)
    (told,) = pins.pins_where(Pin.id == row.id)
    if not pins.may_mend(told, db.session.scalars(select(Decision).where(Decision.version_id == row.version_id)), by):
        raise Refused(N_("Somebody has answered this comment, or it went with an answer, so it stays as it is. Write a reply."))
    return row


def _standing(item: Item, upload_id: UUID) -> tuple[ApprovalVersion, Upload]:
    """The version a file belongs to, while no newer one stands."""
    query = select(ApprovalVersion, Upload).join(VersionFile, VersionFile.version_id == ApprovalVersion.id)
    query = query.join(Upload, Upload.id == VersionFile.upload_id)
    found = db.session.execute(query.where(ApprovalVersion.item_id == item.id, Upload.id == upload_id)).first()
    if found is None:
        raise NotFound
    version, file = found
    if not version.stands:
        raise Refused(N_("There is a newer version by now. Your comment was not saved; please pin it there."))
    return version, file


def _check_spot(file: Upload, spot: Spot) -> None:
    look = previews.looks_of([file])[str(file.id)]
    if not 1 <= spot.page <= max(look.leaves, 1):
        raise Refused(N_("There is no such page."), field="page", status=422)
    if not (0 <= spot.x <= WHOLE and 0 <= spot.y <= WHOLE):
        raise Refused(N_("This place is not on the page."), field="where", status=422)


def _side(by: Viewer) -> FromSide:
    return FromSide.CLIENT if by.is_client else FromSide.FIRM
