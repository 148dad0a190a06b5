"""Once a day the ends of all chains that grew leave the database: into a file, and by mail to the firm's owner.

Whoever can write to the database can cut off or write anew what it holds, but not what lies elsewhere.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

from flask import current_app
from sqlalchemy import func, select

from portal.edges import anchoring_afar as afar
from portal.kernel import chores, outbox
from portal.kernel.action import action
from portal.kernel.db import db, insert_or_ignore, open_session
from portal.kernel.outbox import Lane
from portal.kernel.record import FIRM, ChainHead, Event, Kind
from portal.kernel.viewer import SYSTEM
from portal.kernel.whole import FIRST
from portal.kinds.record.signing import signing_key
from portal.models.anchors import Anchor
from portal.models.people import Person, StaffRole, named_firm

ANCHOR = "anchor"


def daily() -> None:
    """Write today's ends down, unless it was done already."""
    open_session(SYSTEM, writes=False)
    firm = named_firm()
    if firm is None:
        return
    today = firm.calendar.today()
    if db.session.get(Anchor, (FIRM, today)) is None:
        open_session(SYSTEM, writes=True)
        _begin(today)


@action
def _begin(today: date) -> None:
    """The firm's own chain goes first: whoever writes its line does the day, all others find it done."""
    heads = {head.chain_id: head for head in db.session.scalars(select(ChainHead).where(ChainHead.seq > 0))}
    latest = db.session.execute(select(Anchor.chain_id, func.max(Anchor.seq)).group_by(Anchor.chain_id))
    last: dict[UUID, int] = {row[0]: row[1] for row in latest}
    own = heads.pop(FIRM, ChainHead(chain_id=FIRM, seq=0, hash=FIRST))
    if not _note(own, today):
        return
    grew = [head for head in heads.values() if head.seq > last.get(head.chain_id, 0)]
    for head in grew:
        _note(head, today)
    if not grew and own.seq <= last.get(FIRM, 0):
        return
    signing_key()  # the mail names it
    for kind in (ANCHOR, *afar.wanted()):
        chores.order(kind, facts={"day": today.isoformat()}, dedupe=f"{kind}:{today}")
    owner = _owner() if current_app.config["ANCHOR_MAIL"] else None
    if owner:
        facts: dict[str, object] = {"day": today.isoformat()}
        outbox.post("record_anchored", lane=Lane.MESSAGE, person_id=owner, facts=facts, dedupe=f"record_anchored:{today}")


@chores.chore(ANCHOR)
def write_down(facts: chores.Facts) -> None:
    """Append the ends of a day to the file; what stands there already is not written twice."""
    day, path = date.fromisoformat(str(facts["day"])), anchor_file()
    lines = afar.lines_of(day)
    try:
        known = set(path.read_text("utf-8").splitlines()) if path.exists() else set()
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines if line not in known)
            file.flush()
            os.fsync(file.fileno())
    except OSError as trouble:
        raise chores.Later(f"{path} cannot be written: {trouble.strerror}", blameless=True) from None


def anchor_file() -> Path:
    """The file outside the database; it should lie on another machine, or where nothing can be taken back."""
    return Path(current_app.config["ANCHOR_FILE"])


def _note(head: ChainHead, today: date) -> bool:
    return insert_or_ignore(Anchor, {"chain_id": head.chain_id, "day": today, "seq": head.seq, "hash": head.hash})


def _owner() -> UUID | None:
    """Whoever set the firm up, or another who may do everything when they do not any more."""
    admins = list(db.session.scalars(select(Person.id).where(Person.staff_role == StaffRole.ADMIN, Person.disabled_at.is_(None))))
    return next((person for person in _first() if person in admins), min(admins, default=None))


def _first() -> Iterator[UUID]:
    query = select(Event.facts).where(Event.chain_id == FIRM, Event.kind == Kind.FIRM_SET_UP.value).order_by(Event.seq)
    return (UUID(json.loads(facts)["staff"]) for facts in db.session.scalars(query))
