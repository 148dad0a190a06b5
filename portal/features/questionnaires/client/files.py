"""Files as answers: those the form of a section brought, and what a page shows of those that are here or on their way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import flash, request

from portal.features.questionnaires.queries import Asked
from portal.kernel.scope import find
from portal.kinds.files import landing
from portal.kinds.files.landing import OnQuestion
from portal.kinds.previews import ordering as previews
from portal.kinds.questionnaires.kind import question_for_files
from portal.models.definition.shape import Section, Type
from portal.models.items import Item
from portal.web.doors import viewer
from portal.web.lines import line_words
from portal.web.receiving import Turned, hints, sentence, take_all


def facts_on(item: Item, asked: Sequence[Asked]) -> dict[str, object]:
    """What a page needs for its questions that are answered with files; nothing where there are none."""
    here = [one for one in asked if one.question.type is Type.FILE]
    if not here:
        return {}
    looks = previews.looks_of(file for one in here for file in one.files)
    return {"looks": looks, "hints": hints, "line_words": line_words(), "begun": landing.unfinished_answers(item, by=viewer())}


def take_files(item_id: UUID, shown: Section) -> Mapping[str, list[Turned]]:
    """Take in the files a section's form brought; what was turned away, by question."""
    asked = [one.key for one in shown.questions if one.type is Type.FILE and any(file.filename for file in request.files.getlist(one.key))]
    return {key: turned for key in asked if (turned := _take(item_id, key))}


def tell(turned: Mapping[str, list[Turned]]) -> str:
    """Say what was turned away; where to look for it."""
    for files in turned.values():
        for one in files:
            flash(sentence(one.finding), "warn")
    return next(iter(turned))


def _take(item_id: UUID, key: str) -> list[Turned]:
    files = [file for file in request.files.getlist(key) if file.filename]

    def place() -> OnQuestion:
        item = find(Item, item_id)
        return OnQuestion(item, question_for_files(item, key))

    return take_all(files, to=place)
