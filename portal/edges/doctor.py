"""Looking after an installation: what a crash, a lost disk or a bug may have left, and what of it can be mended safely."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

from flask import current_app
from sqlalchemy import ColumnElement, func, select

from portal.edges import private
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db, open_session
from portal.kernel.outbox import Lane, Outbox, Stand
from portal.kernel.record import ChainHead, Event
from portal.kernel.viewer import SYSTEM
from portal.kinds.files import incoming, purging
from portal.kinds.previews import care as preview_care
from portal.models import board
from portal.models.files import Incoming, IncomingState, Scan, Upload
from portal.models.item_states import ItemState
from portal.models.items import Item
from portal.models.people import named_firm
from portal.models.projects import Project
from portal.models.questionnaires import NotePicture
from portal.storage import StoreDown
from portal.storage.current import store
from portal.storage.handed import drop, forgotten
from portal.storage.scanner import scanner

GRACE = timedelta(hours=24)  # younger bytes may belong to an upload that is still under way
SLOW = timedelta(hours=1)
KEPT_ON_BOARD = ("lane", "slips_on", "waiting_since", "waits_client", "waits_us")


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be, and how to mend it where that is safe."""

    words: str
    mend: Callable[[], object] | None = None


def look() -> Iterator[Finding]:
    """Everything found. Each look opens a session of its own and leaves the database as it was."""
    for question in (
        _board,
        _files_without_bytes,
        _bytes_without_file,
        _half_purged,
        _previews,
        _unfinished,
        _mails,
        _chores,
        _scanner,
        _heads,
        _readers,
    ):
        open_session(SYSTEM, writes=False)
        try:
            yield from list(question())
        except StoreDown as trouble:
            yield Finding(f"the store of the files does not answer: {trouble}. Run `flask storage check`.")
        db.session.rollback()


def tidy() -> None:
    """What the worker does every hour: end uploads that nobody will finish, and drop what lies half-received."""
    open_session(SYSTEM, writes=False)
    found = list(_unfinished())
    for finding in found:
        open_session(SYSTEM, writes=True)
        if finding.mend:
            finding.mend()
        db.session.rollback()


def _board() -> Iterator[Finding]:
    """The kept projection must say what the items say."""
    for project in list(db.session.scalars(select(Project))):
        kept = [getattr(project, name) for name in KEPT_ON_BOARD]
        sent = (Item.project_id == project.id, Item.state != ItemState.DRAFT)
        slips = {row.id: row.slips_on for row in db.session.execute(select(Item.id, Item.slips_on).where(*sent))}
        with db.session.no_autoflush:
            derived = board.derive(project)
            items = {item.id: item.slips_on for item in db.session.scalars(select(Item).where(*sent))}
        db.session.rollback()
        if kept != [derived[name] for name in KEPT_ON_BOARD] or slips != items:
            yield Finding(f"project {project.id}: the board shows something else than its items say.", _again(project.id))


def _again(project_id: UUID) -> Callable[[], object]:
    @action
    def refresh() -> None:
        board.refresh(db.session.scalars(select(Project).where(Project.id == project_id)).one())

    return refresh


def _files_without_bytes() -> Iterator[Finding]:
    """Rows first, then one walk over the store: bytes come before their row, so none can be missing because it is new."""
    rows = list(db.session.execute(select(Upload.id, Upload.key, Upload.bytes).where(Upload.purging_at.is_(None))))
    lying = {stored.key: stored.bytes for stored in store().keys("blobs/")}
    for upload_id, key, size in rows:
        if lying.get(key) == size or _is_purged(upload_id):
            continue
        there = lying.get(key)
        if there is None:
            yield Finding(f"file {upload_id}: its bytes are gone. Bring {key} back from a backup.")
        else:
            yield Finding(f"file {upload_id}: {there} bytes lie there, {size} were received. Bring {key} back from a backup.")


def _is_purged(upload_id: UUID) -> bool:
    """Whether it was purged after we had asked for the rows."""
    db.session.rollback()
    return db.session.scalar(select(Upload.purging_at).where(Upload.id == upload_id)) is not None


def _half_purged() -> Iterator[Finding]:
    """Files that were marked to be purged and are not gone yet: the worker died, or the store was away."""
    marked = purging.begun(before=now() - SLOW)

    def go_on() -> None:
        for upload_id in marked:
            purging.finish(upload_id)

    if marked:
        yield Finding(f"files that are kept no longer and not gone yet: {len(marked)}.", go_on)


def _bytes_without_file() -> Iterator[Finding]:
    """Bytes that were safe when the process died before their row was written; nobody was told that we have them."""
    firm = named_firm()
    known = set(db.session.scalars(select(Upload.key).where(Upload.purged_at.is_(None)))) | {firm.mark_key if firm else None}
    coming = select(Incoming.key).where(Incoming.state.in_((IncomingState.OPEN, IncomingState.COMPLETING)), Incoming.expires_at > now())
    known |= set(db.session.scalars(coming)) | set(db.session.scalars(select(NotePicture.key)))
    for stored in store().keys("blobs/"):
        if stored.key not in known and stored.written_at < now() - GRACE:
            yield Finding(f"{stored.key}: {stored.bytes} bytes that belong to no file.", _forget(stored.key))


def _previews() -> Iterator[Finding]:
    """Small copies we made ourselves: what is lost is made again, what belongs to nothing goes."""
    wrong = preview_care.amiss(received_before=now() - GRACE)
    if wrong:
        yield Finding(f"files whose previews are not as they should be: {len(wrong)}.", partial(preview_care.anew, wrong))
    strays = preview_care.strays(written_before=now() - GRACE)
    if strays:
        yield Finding(f"previews that belong to no file: {len(strays)}.", partial(preview_care.sweep, strays))


def _forget(key: str) -> Callable[[], object]:
    return lambda: store().delete(key)


def _unfinished() -> Iterator[Finding]:
    """Uploads that never ended: their rows, and their bytes in the antechamber."""
    late = [row.id for row in incoming.overdue()]
    if late:
        yield Finding(f"uploads that were begun and never finished: {len(late)}.", partial(incoming.fail, late, by=SYSTEM))
    wanted = _still_coming()
    old = {stored.key for stored in store().keys("incoming/") if stored.written_at < now() - GRACE} - wanted
    if old:
        sweep = partial(store().sweep_incoming, older_than=now() - GRACE, keep=wanted)
        yield Finding(f"half-received files in the antechamber: {len(old)}.", sweep)
    folder = current_app.config["NGINX_BODIES"]
    left = list(forgotten(folder, before=(now() - GRACE).timestamp())) if folder else []
    if left:
        yield Finding(f"bodies the web server in front left behind: {len(left)}.", partial(drop, left))


def _still_coming() -> set[str]:
    """What somebody may still go on sending, however long ago the last bytes came."""
    coming = (Incoming.state.in_(incoming.ALIVE), Incoming.expires_at >= now())
    return set(db.session.scalars(select(Incoming.key_in_incoming).where(*coming)))


def _mails() -> Iterator[Finding]:
    for row in db.session.scalars(select(Outbox).where(Outbox.state == Stand.PARKED).order_by(Outbox.made_at)):
        what = "chore" if row.lane is Lane.WORK else "mail"
        yield Finding(f"{what} {row.id} ({row.kind}) is parked: {row.error}. Staff see it in the settings.")
    late = _late(Outbox.lane != Lane.WORK)
    if late:
        yield Finding(f"mails due for more than an hour: {late}. Does the worker run, and does the mail server answer?")


def _chores() -> Iterator[Finding]:
    late = _late(Outbox.lane == Lane.WORK)
    if late:
        yield Finding(f"chores due for more than an hour: {late}. Does the worker run?")
    put_off = (Outbox.lane == Lane.WORK, Outbox.state == Stand.WAITING, Outbox.error.is_not(None))
    for row in db.session.scalars(select(Outbox).where(*put_off).order_by(Outbox.made_at)):
        yield Finding(f"chore {row.id} ({row.kind}) was tried in vain: {row.error}. It is tried again by itself.")


def _scanner() -> Iterator[Finding]:
    ask = scanner()
    if ask:
        yield from (Finding(problem) for problem in ask.problems())
    waits = select(func.count()).select_from(Upload).where(Upload.scan == Scan.WAITING, Upload.received_at < now() - SLOW)
    number = db.session.scalar(waits) or 0
    if number:
        yield Finding(f"files that have waited for the virus scanner for more than an hour: {number}.")


def _readers() -> Iterator[Finding]:
    """Other users of this machine must not read along."""
    found = list(private.open_to_others(current_app.config["CONFIG"]))

    def close() -> None:
        for path in found:
            private.close_to_others(path)

    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        yield Finding(f"other users of this machine may read {found[0]}{more}.", close)


def _late(lane: ColumnElement[bool]) -> int:
    due = (lane, Outbox.state == Stand.WAITING, Outbox.not_before < now() - SLOW)
    return db.session.scalar(select(func.count()).select_from(Outbox).where(*due)) or 0


def _heads() -> Iterator[Finding]:
    latest = select(Event.chain_id, func.max(Event.seq).label("seq")).group_by(Event.chain_id)
    last = {row.chain_id: row.seq for row in db.session.execute(latest)}
    heads = {head.chain_id: head.seq for head in db.session.scalars(select(ChainHead)) if head.seq}
    for chain_id in sorted(set(last) | set(heads)):
        if last.get(chain_id) != heads.get(chain_id):
            yield Finding(f"chain {chain_id}: its head and its last entry differ. Run `flask audit verify`.")
