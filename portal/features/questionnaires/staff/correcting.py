"""A page on which staff write what they think is right; the client's own answer stands until they have confirmed it."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from portal.features.questionnaires.queries import Asked
from portal.features.questionnaires.typed_in import fields
from portal.kernel.refusal import NotFound
from portal.kinds import judging, reading, verdicts
from portal.kinds.questionnaires import definition_of
from portal.models.clients import Client
from portal.models.definition.answering import as_typed, read
from portal.models.definition.shape import Question, Value
from portal.models.item_states import ItemKind
from portal.models.items import Item
from portal.models.questionnaires import Said
from portal.web import i18n
from portal.web.doors import find, viewer
from portal.web.forms import Form
from portal.web.places import find_item

pages = Blueprint("correcting", __name__)


class CorrectForm(Form):
    """Why we think so; the answer itself comes in the fields of its question."""

    seen = HiddenField()
    reason = TextAreaField("", [Length(max=2000)])


@pages.route("/review/<uuid:delivery_id>/<uuid:item_id>/answers/<key>/correct", methods=["GET", "POST"])
def correct(delivery_id: UUID, item_id: UUID, key: str) -> ResponseReturnValue:
    """Propose another answer."""
    item = find_item(item_id, ItemKind.QUESTIONNAIRE)
    question, frozen = _asked(item, delivery_id, key)
    form, typed, language = CorrectForm(), fields(question, request.form), i18n.language()

    def save() -> None:
        ours, seen = read(question, typed, language=language), form.seen.data or ""
        judging.correct(item, key, ours, reason=form.reason.data or "", by=viewer(), seen=int(seen) if seen.isdecimal() else -1)

    if form.submitted(save):
        return redirect(url_for("staff.review.item", delivery_id=delivery_id, item_id=item_id, _anchor=f"a-{key}"), 303)
    said = verdicts.said_of(item_id, find_item(item_id, ItemKind.QUESTIONNAIRE).round).get(key)
    proposed = said if said and said.said is Said.CORRECTED else None
    held = (
        typed
        if request.method == "POST"
        else as_typed(question, cast("Value", proposed.ours if proposed else frozen.get("value")), language=language)
    )
    if request.method == "GET" and proposed:
        form.reason.data = proposed.reason
    one = Asked(question=question, rev=0, held=held, shown=True, needed=True, errors=[str(each) for each in form.form_errors])
    form.form_errors = []
    facts = {"delivery_id": delivery_id, "frozen": frozen, "one": one, "definition": definition_of(item)}
    return render_template("staff/questionnaires/correct.html", item=item, client=find(Client, item.client_id), form=form, **facts)


def _asked(item: Item, delivery_id: UUID, key: str) -> tuple[Question, verdicts.Frozen]:
    """The question and what was answered in the round that stands; raises NotFound when it cannot be corrected."""
    handed, question = reading.hand_over(item.id, item.round), definition_of(item).question(key)
    frozen = verdicts.frozen_answers(handed).get(key)
    if handed is None or handed.delivery_id != delivery_id or question is None or frozen is None or not judging.can_correct(question.type):
        raise NotFound
    return question, frozen
