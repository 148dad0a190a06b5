"""Pictures of notes: kept once, shown wherever a questionnaire names them."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import IO
from uuid import UUID, uuid4

from sqlalchemy import select

from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db, read_id
from portal.kernel.policy import require
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds import redrawing
from portal.models import may
from portal.models.definition.shape import Question, Type
from portal.models.people import the_firm
from portal.models.questionnaires import NotePicture
from portal.storage import StorageError, blob_key
from portal.storage.current import store

SIDE = 1600
DRAW = "portal.storage.painting.marks:whole"
TYPE = "image/webp"


def drawn(stream: IO[bytes]) -> tuple[bytes, int, int]:
    """The picture as it will be shown, with its width and height; raises Refused in words."""
    data, told = redrawing.redraw(stream, DRAW, side=SIDE, field="picture")
    return data, int(str(told["width"])), int(str(told["height"]))


@action
def keep(data: bytes, width: int, height: int, *, by: Viewer) -> UUID:
    """Keep a picture that was drawn anew; its bytes are durable before the row names them. Returns its id."""
    require(may.write_questionnaires(by))
    own_id = uuid4()
    key = blob_key(the_firm().id, own_id)
    try:
        store().promote(store().receive(BytesIO(data), limit=redrawing.LIMITS.written), key)
    except StorageError:
        raise Refused(N_("We could not keep the picture this time. Please try again."), field="picture", status=503) from None
    db.session.add(NotePicture(id=own_id, key=key, type=TYPE, width=width, height=height, bytes=len(data), added_at=now()))
    db.session.flush()
    return own_id


def pictures_of(questions: Iterable[Question]) -> dict[str, NotePicture]:
    """The pictures of the notes among these questions, by the key of the note, in one query."""
    named = {one.key: read_id(one.picture) for one in questions if one.type is Type.NOTE and one.picture}
    rows = {row.id: row for row in db.session.scalars(select(NotePicture).where(NotePicture.id.in_(named.values())))} if named else {}
    return {key: rows[own_id] for key, own_id in named.items() if own_id in rows}
