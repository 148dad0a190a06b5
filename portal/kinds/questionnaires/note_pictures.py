"""Pictures of notes: kept once, shown wherever a questionnaire names them, and let go of when none does any more.

First their row goes, and with it the order to remove the bytes; so a kill leaves either all of it or work that is still to be done.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from io import BytesIO
from typing import IO
from uuid import UUID, uuid4

from sqlalchemy import select, union_all

from portal.kernel import chores
from portal.kernel.action import action
from portal.kernel.clock import now
from portal.kernel.db import db, read_id
from portal.kernel.policy import require
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kinds.previews import redrawing
from portal.models import may
from portal.models.definition.shape import Question, Type
from portal.models.people import the_firm
from portal.models.questionnaires import NotePicture, Questionnaire, QuestionnaireVersion
from portal.models.templates import DraftStep, ProjectTemplate, TemplateVersion
from portal.storage import StorageError, blob_key
from portal.storage.current import store

SIDE = 1600
DRAW = "portal.storage.painting.marks:whole"
TYPE = "image/webp"
FORGET = "forget_picture"
YOUNG = timedelta(days=1)  # nobody wonders about a picture that was added a moment ago
_SAYS = '"picture":"'
_NAMED = re.compile(_SAYS + r"([0-9a-f-]{36})")
_WORDS = (
    Questionnaire.draft,
    Questionnaire.before,
    QuestionnaireVersion.definition,
    ProjectTemplate.draft,
    DraftStep.draft,
    TemplateVersion.document,
)  # everything that names pictures, also what only Undo brings back


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


@action
def let_go() -> None:
    """Take out the rows of pictures that nothing names any more, and order that their bytes go, as the worker does every hour."""
    old = list(db.session.scalars(select(NotePicture).where(NotePicture.added_at < now() - YOUNG)))
    named = _named() if old else set()
    for picture in old:
        if str(picture.id) not in named:
            chores.order(FORGET, facts={"picture": str(picture.id)}, dedupe=f"{FORGET}:{picture.id}")
            db.session.delete(picture)


@chores.chore(FORGET)
def forget(facts: chores.Facts) -> None:
    """Remove the bytes of a picture whose row is gone; may be repeated."""
    own_id = UUID(str(facts["picture"]))
    key = blob_key(the_firm().id, own_id)
    if db.session.get(NotePicture, own_id):
        return
    db.session.rollback()
    try:
        store().delete(key)
    except StorageError as trouble:
        raise chores.Later(f"the store does not remove it now: {trouble}", blameless=True) from trouble


def _named() -> set[str]:
    """The ids of all pictures that anything names, read as of one moment."""
    texts = union_all(*(select(words).where(words.contains(_SAYS)) for words in _WORDS))
    return {own_id for text in db.session.scalars(texts) for own_id in _NAMED.findall(text or "")}
