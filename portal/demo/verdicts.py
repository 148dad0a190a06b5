"""What staff do with answers one by one, as the pages of the review do it."""

from __future__ import annotations

from collections.abc import Mapping

from portal.features.review import answered, queries
from portal.features.review.staff.answers import in_words
from portal.kernel.db import db
from portal.kernel.viewer import Viewer
from portal.kinds import reading
from portal.kinds.questionnaires import judging
from portal.kinds.questionnaires.kind import given
from portal.kinds.questionnaires.proposals import rows_kept
from portal.models.clients import Client
from portal.models.definition.shape import Cells
from portal.models.items import Item


def propose_rows(item: Item, question: str, ours: Mapping[str, Cells], reason: str, *, by: Viewer) -> None:
    """Propose other rows of a table, by their keys."""
    theirs: dict[str, Cells] = {
        row: answer.value for row, answer in given(item.id).rows[question].items() if isinstance(answer.value, dict)
    }
    judging.correct(item, question, rows_kept(theirs, ours), reason=reason, by=by)


def finish(item: Item, word: str = "", *, by: Viewer) -> None:
    """Send the item back for what was marked."""
    handed = reading.hand_over(item.id, item.round)
    if handed is None:
        raise LookupError(item.id)
    sheet = answered.sheet_of(item, handed, queries.content_of(handed), queries.rounds_of(item))
    reason = in_words(item, sheet, db.session.get_one(Client, item.client_id).language, message=word)
    judging.finish(item, reason, word=word, by=by, told=sheet.tally)
