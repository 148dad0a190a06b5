"""The virus scan: ordered when a file arrives, done by the worker, and what its verdict means for the file."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from portal.kernel import chores
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db, open_session
from portal.kernel.policy import require
from portal.kernel.record import Audience, Kind, record
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import SYSTEM, Viewer
from portal.kinds.previews import ordering as previews
from portal.models import may
from portal.models.files import Scan, Upload
from portal.storage import NoSuchKey, StorageError
from portal.storage.checks import Code
from portal.storage.current import store
from portal.storage.scanner import LOCKED, Scanned, ScannerDown, Verdict, scanner

SCAN = "scan"
STANDS = {Verdict.CLEAN: Scan.CLEAN, Verdict.INFECTED: Scan.INFECTED, Verdict.COULD_NOT: Scan.COULD_NOT}
NO_SCANNER = "no virus scanner is set up any more (CLAMD_URL)"


def order(upload: Upload) -> None:
    """Have a new file scanned; without a scanner it is said to be not scanned."""
    if scanner() is None:
        upload.scan = Scan.NOT_SCANNED
        return
    upload.scan = Scan.WAITING
    facts: chores.Facts = {"upload": str(upload.id)}
    chores.order(SCAN, facts=facts, client_id=upload.client_id, project_id=upload.project_id, dedupe=f"{SCAN}:{upload.id}")


def order_again(upload: Upload) -> None:
    """Have a clean file scanned once more; it stays clean until the scanner says otherwise."""
    facts: chores.Facts = {"upload": str(upload.id), "again": True}
    chores.order(SCAN, facts=facts, client_id=upload.client_id, project_id=upload.project_id, dedupe=f"{SCAN}:{upload.id}")


@chores.chore(SCAN)
def scan(facts: chores.Facts) -> None:
    """Send one file through the scanner. While that does not answer the file waits: nothing is ever let through unseen."""
    stands = Scan.CLEAN if facts.get("again") else Scan.WAITING
    upload = db.session.scalar(select(Upload).where(Upload.id == UUID(str(facts["upload"])), Upload.scan == stands))
    if upload is None or upload.is_gone:
        return
    db.session.expunge(upload)
    db.session.rollback()
    ask = scanner()
    if ask is None:
        raise chores.Later(NO_SCANNER, blameless=True)
    try:
        with store().open(upload.key) as stream:
            scanned = ask.scan(stream, size=upload.bytes)
    except ScannerDown as down:
        raise chores.Later(str(down), blameless=True) from None
    except NoSuchKey:
        raise chores.Later("its bytes are not in the store") from None
    except StorageError as trouble:
        raise chores.Later(f"the store does not give its bytes: {trouble}", blameless=True) from None
    open_session(SYSTEM, writes=True)
    if stands is Scan.WAITING:
        _settle(upload.id, _with_lock(upload, scanned))
    else:
        _settle_again(upload.id, scanned)


def _with_lock(upload: Upload, scanned: Scanned) -> Scanned:
    """Nobody can look into what is locked, so that finding nothing in it says nothing."""
    locked = any(found["code"] == Code.LOCKED for found in upload.findings)
    return Scanned(Verdict.COULD_NOT, LOCKED) if locked and scanned.verdict is Verdict.CLEAN else scanned


@action
def _settle(upload_id: UUID, scanned: Scanned) -> None:
    """Write the verdict down, once."""
    query = select(Upload).where(Upload.id == upload_id, Upload.scan == Scan.WAITING).with_for_update()
    upload = db.session.scalar(query.execution_options(populate_existing=True))
    if upload is None:
        return
    upload.scan, upload.scanned_at = STANDS[scanned.verdict], now()
    previews.order(upload)
    if upload.scan is Scan.INFECTED:
        _record_lock(upload, scanned)
    elif upload.scan is Scan.COULD_NOT:
        said = {"name": upload.name, "why": scanned.what}
        record(Kind.FILE_NOT_SCANNED, upload, by=SYSTEM, audience=Audience.INTERNAL, hash=upload.sha256, detail=said)


@action
def _settle_again(upload_id: UUID, scanned: Scanned) -> None:
    """Lock a file that was clean, when a virus is found in it now; whoever sent it and staff are told as with a new one."""
    query = select(Upload).where(Upload.id == upload_id, Upload.scan == Scan.CLEAN).with_for_update()
    upload = db.session.scalar(query.execution_options(populate_existing=True))
    if upload is None:
        return
    upload.scanned_at = now()
    if scanned.verdict is Verdict.INFECTED:
        upload.scan = Scan.INFECTED
        previews.order(upload)
        _record_lock(upload, scanned)


def _record_lock(upload: Upload, scanned: Scanned) -> None:
    said = {"name": upload.name, "virus": scanned.what}
    record(Kind.FILE_LOCKED, upload, by=SYSTEM, audience=Audience.INTERNAL, hash=upload.sha256, detail=said)


@action
def release(upload: Upload, reason: str, *, by: Viewer) -> None:
    """Let a locked file be fetched all the same: one admin, by name, says why."""
    require(may.run_firm(by) and by.person_id is not None, N_("Only admins release a locked file. Ask one of them."))
    if not upload.is_locked:
        raise Refused(N_("This file is not locked any more."))
    if not reason.strip():
        raise Refused(N_("Say why you are sure, so that others can follow it later."), field="reason", status=422)
    upload.released_by = by.person_id
    previews.order(upload)
    said = {"name": upload.name, "reason": reason.strip()}
    record(Kind.FILE_RELEASED, upload, by=by, audience=Audience.INTERNAL, hash=upload.sha256, detail=said)
