"""The sentences we ask again with: the firm's own in the client's language, and until there are any, ours."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid4

from sqlalchemy import func, select

from portal.features.review.forms import ANSWERS, Reasons
from portal.kernel.action import action
from portal.kernel.db import db
from portal.kernel.policy import require
from portal.kernel.refusal import N_, Refused
from portal.kernel.viewer import Viewer
from portal.kernel.words import best
from portal.models import may
from portal.models.questionnaires import ReasonSnippet
from portal.web import i18n

MOST = 30


def kept() -> list[ReasonSnippet]:
    """The firm's own sentences in order."""
    return list(db.session.scalars(select(ReasonSnippet).order_by(ReasonSnippet.position, ReasonSnippet.id)))


def reasons_in(language: str) -> Reasons:
    """What staff press and what the client then reads, in the client's language or the next best."""
    own = kept()
    if own:
        return {str(one.id): (one.name, best(one.words, language, "en")) for one in own}
    names = {key: label for key, (label, _sentence) in ANSWERS.items()}
    with i18n.speaking(language):
        return {key: (names[key], str(i18n.translated(sentence))) for key, (_label, sentence) in ANSWERS.items()}


@action
def keep(snippet_id: UUID | None, name: str, words: Mapping[str, str], *, by: Viewer) -> None:
    """Keep a sentence, new or written anew."""
    require(may.run_clients(by))
    written = {language: text.strip() for language, text in words.items() if text.strip()}
    if not name.strip() or not written:
        raise Refused(N_("Give it a short name, and write the sentence in at least one language."), status=422)
    there = db.session.get(ReasonSnippet, snippet_id) if snippet_id else None
    if there is None:
        count = db.session.scalar(select(func.count(ReasonSnippet.id))) or 0
        if count >= MOST:
            raise Refused(N_("There is room for %(most)s sentences. Remove one you do not need."), most=MOST)
        there = ReasonSnippet(id=uuid4(), position=count)
        db.session.add(there)
    there.name, there.words = name.strip(), written


@action
def remove(snippet_id: UUID, *, by: Viewer) -> None:
    """Offer a sentence no longer."""
    require(may.run_clients(by))
    there = db.session.get(ReasonSnippet, snippet_id)
    if there is not None:
        db.session.delete(there)
