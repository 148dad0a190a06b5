"""Finishing large files: the worker reads them, as the one who sent them, while the page asks how far it is."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from portal.features.uploads import arriving
from portal.features.uploads.actions import FINISH
from portal.kernel import chores
from portal.kernel.db import db, open_session
from portal.kernel.refusal import NotFound, Refused
from portal.kernel.viewer import SYSTEM
from portal.kinds.files import incoming
from portal.models.files import Incoming, IncomingState
from portal.models.people import Person
from portal.models.sessions import viewer_of

PASSES = frozenset({503, 507})


@chores.chore(FINISH, awaited=True)
def finish(facts: chores.Facts) -> None:
    """Finish one file. Where its sender may not add it any more it is left as it was, and the page tells them why."""
    incoming_id = UUID(str(facts["incoming"]))
    mine = (Incoming.id == incoming_id, Incoming.state == IncomingState.COMPLETING)
    sender = db.session.scalar(select(Person).join(Incoming, Incoming.person_id == Person.id).where(*mine))
    if sender is None:
        return
    open_session(viewer_of(sender), writes=False)
    try:
        arriving.finish_held(incoming_id)
    except (NotFound, Refused) as trouble:
        if isinstance(trouble, Refused) and trouble.status in PASSES:
            raise chores.Later(f"the store cannot take it now ({trouble.status})", blameless=True) from trouble
        open_session(SYSTEM, writes=True)
        incoming.release(incoming_id, by=SYSTEM)
