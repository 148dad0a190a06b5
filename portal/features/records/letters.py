"""The letter with the ends of the record, to be kept where the portal does not reach."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from portal.kernel.db import db
from portal.kernel.evidence import canonical
from portal.models.anchors import Anchor, SigningKey
from portal.models.clients import Client
from portal.models.people import Person
from portal.web.letterhead import print_letter
from portal.web.letterpress import Letter
from portal.web.letters import letter

MOST_SHOWN = 300


@letter("record_anchored")
def record_anchored(person: Person, facts: dict[str, object]) -> Letter | None:
    """Where the chain of each client ended on a day; nothing when nothing was written down."""
    day = date.fromisoformat(str(facts["day"]))
    named = select(Anchor, Client.name).outerjoin(Client, Client.id == Anchor.chain_id).where(Anchor.day == day, Anchor.seq > 0)
    rows = db.session.execute(named.order_by(Client.name, Anchor.chain_id)).all()
    if not person.is_staff or not rows:
        return None
    key = db.session.scalar(select(SigningKey.public).order_by(SigningKey.n.desc()).limit(1))
    ends = [(name, anchor, canonical(anchor.told())) for anchor, name in rows]
    return print_letter("records/anchored", person, ends=ends[:MOST_SHOWN], more=len(ends[MOST_SHOWN:]), key=key or "", on=day)
