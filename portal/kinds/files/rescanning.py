"""Scanning again what was clean: a virus nobody knew last week may be known today, so new signatures look at two weeks of files."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from portal.kernel import chores
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db, open_session
from portal.kernel.viewer import SYSTEM
from portal.kinds.files import scanning
from portal.models.files import Scan, Upload
from portal.models.people import the_firm
from portal.storage.scanner import scanner

RESCAN = "rescan"
BACK = timedelta(days=14)
BATCH, PAUSE = 20, timedelta(minutes=1)  # so many files at a time, so that those which arrive now need not wait for long
KNOWN = "scanner_version"  # in the settings of the firm


def check() -> None:
    """Ask the scanner which signatures it has, and when they are other ones than before, begin; raises ScannerDown."""
    ask = scanner()
    if ask is None:
        return
    version = ask.version()
    open_session(SYSTEM, writes=True)
    _note(version)


@action
def _note(version: str) -> None:
    """Remember the signatures; those of the first day have nothing to look at again."""
    firm = the_firm()
    if firm.settings.get(KNOWN) == version:
        return
    if firm.settings.get(KNOWN):
        chores.order(RESCAN, facts={"before": now().isoformat()}, dedupe=RESCAN)
    firm.settings = {**firm.settings, KNOWN: version}


@chores.chore(RESCAN)
def rescan(facts: chores.Facts) -> None:
    """Have the next few files scanned again, and come back for the others."""
    open_session(SYSTEM, writes=True)
    _order_some(datetime.fromisoformat(str(facts["before"])))


@action
def _order_some(before: datetime) -> None:
    clean = (Upload.scan == Scan.CLEAN, Upload.purging_at.is_(None), Upload.received_at > now() - BACK, Upload.scanned_at < before)
    some = list(db.session.scalars(select(Upload).where(*clean).order_by(Upload.received_at.desc(), Upload.id).limit(BATCH)))
    for upload in some:
        scanning.order_again(upload)
    if some:
        chores.order(RESCAN, facts={"before": before.isoformat()}, dedupe=RESCAN, wait=PAUSE)
