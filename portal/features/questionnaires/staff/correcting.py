"""A page on which staff write what they think is right; the client's own answer stands until they have confirmed it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import cast
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from portal.features.questionnaires import actions
from portal.features.questionnaires.queries import Asked, AskedRow, fresh_row
from portal.features.questionnaires.typed_in import cells, fields, rows_on
from portal.kernel.refusal import NotFound
from portal.kinds import reading
from portal.kinds.questionnaires import judging, verdicts
from portal.kinds.questionnaires.kind import definition_of, given
from portal.kinds.questionnaires.proposals import proposed, row_changes, rows_kept
from portal.models.clients import Client
from portal.models.definition import rules
from portal.models.definition.answering import Wrong, as_typed, read, read_row, row_as_typed
from portal.models.definition.shape import Cells, Definition, Question, Section, Type, Value
from portal.models.item_states import ItemKind
from portal.models.items import Item
from portal.models.questionnaires import AnswerVerdict, Said
from portal.web import i18n
from portal.web.doors import find, viewer
from portal.web.forms import Form, revision_seen, said
from portal.web.places import find_item

pages = Blueprint("correcting", __name__)
ROWS = ("more", "remove", "up", "down")  # buttons that do something to a row, and save nothing


class CorrectForm(Form):
    """Why we think so; the answer itself comes in the fields of its question."""

    seen = HiddenField()
    reason = TextAreaField("", [Length(max=2000)])


@pages.route("/review/<uuid:delivery_id>/<uuid:item_id>/answers/<key>/correct", methods=["GET", "POST"])
def correct(delivery_id: UUID, item_id: UUID, key: str) -> ResponseReturnValue:
    """Propose another answer."""
    item = find_item(item_id, ItemKind.QUESTIONNAIRE)
    question, frozen = _asked(item, delivery_id, key)
    form, verb = CorrectForm(), request.form.get("act", "").partition(".")[0]

    def save() -> None:
        ours = _rows_typed(item, question) if question.type is Type.TABLE else _typed(question)
        judging.correct(item, key, ours, reason=form.reason.data or "", by=viewer(), seen=revision_seen("seen"))

    if verb not in ROWS and form.submitted(save):
        return redirect(url_for("staff.review.item", delivery_id=delivery_id, item_id=item_id, _anchor=f"a-{key}"), 303)
    verdict = verdicts.said_of(item_id, find_item(item_id, ItemKind.QUESTIONNAIRE).round).get(key)
    proposal = verdict if verdict and verdict.said is Said.CORRECTED else None
    if request.method == "GET" and proposal:
        form.reason.data = proposal.reason
    one = _shown(item, question, frozen, proposal)
    one.ordered, one.errors = True, [str(each) for each in form.form_errors]
    form.form_errors = []
    alone = Definition(sections=(Section(key="one", title={}, questions=(question,)),))
    facts = {"delivery_id": delivery_id, "frozen": frozen, "one": one, "definition": alone, "outline": json.dumps(rules.outline(alone))}
    return render_template("staff/questionnaires/correct.html", item=item, client=find(Client, item.client_id), form=form, **facts)


def _asked(item: Item, delivery_id: UUID, key: str) -> tuple[Question, verdicts.Frozen]:
    """The question, freed of its rules, and what was answered in the round that stands; raises NotFound when it cannot be corrected."""
    handed, question = reading.hand_over(item.id, item.round), definition_of(item).question(key)
    frozen = verdicts.frozen_answers(handed).get(key)
    if handed is None or handed.delivery_id != delivery_id or question is None or frozen is None or not judging.can_correct(question.type):
        raise NotFound
    return replace(question, show=None, required=True), frozen


def _typed(question: Question) -> Value | None:
    return read(question, fields(question, request.form), language=i18n.language())


def _rows_typed(item: Item, table: Question) -> list[object]:
    """The rows of the form beside those of the client; raises Wrong with the row and cell that need a look."""
    now: dict[str, Cells] = {}
    for row, _rev in rows_on(table, request.form):
        try:
            told = read_row(table, cells(table, row, request.form), language=i18n.language())
        except Wrong as wrong:
            wrong.row = row
            raise
        if told:
            now[row] = told
    actions.need_room(table, len(now))
    return rows_kept(_theirs(item, table), now)


def _theirs(item: Item, table: Question) -> dict[str, Cells]:
    """The rows the client has handed over, by their keys: nothing moves in a table while it is with us."""
    return {row: cast("Cells", answer.value) for row, answer in given(item.id).rows.get(table.key, {}).items() if answer.value}


def _shown(item: Item, question: Question, frozen: verdicts.Frozen, proposal: AnswerVerdict | None) -> Asked:
    """The fields with what was typed, what we proposed before, or what the client wrote."""
    one = Asked(question=question, rev=0, held=[], shown=True, needed=True)
    if question.type is Type.TABLE:
        one.rows = _rows_back(question) if request.method == "POST" else _rows_there(item, question, proposal)
    elif request.method == "POST":
        one.held = fields(question, request.form)
    else:
        value = proposed(proposal.ours) if proposal else cast("Value", frozen.get("value"))
        one.held = as_typed(question, value, language=i18n.language())
    return one


def _rows_there(item: Item, table: Question, proposal: AnswerVerdict | None) -> list[AskedRow]:
    ours = {row.key: row.now for row in row_changes(proposal.ours) if row.now} if proposal else _theirs(item, table)
    return [AskedRow(key, held=row_as_typed(table, told, language=i18n.language())) for key, told in ours.items()] or [fresh_row()]


def _rows_back(table: Question) -> list[AskedRow]:
    """The rows as they were typed, with what the pressed button does to them: one goes, one comes, or one trades places."""
    verb, _dot, row = request.form.get("act", "").removesuffix(f".{table.key}").partition(f".{table.key}.")
    keys = [key for key, _rev in rows_on(table, request.form) if (verb, row) != ("remove", key)]
    if row in keys and verb in ("up", "down"):
        here = keys.index(row)
        there = min(max(here + (1 if verb == "down" else -1), 0), len(keys) - 1)
        keys[here], keys[there] = keys[there], keys[here]
    rows = [_row_back(table, key) for key in keys]
    return [*rows, fresh_row()] if verb == "more" or not rows else rows


def _row_back(table: Question, key: str) -> AskedRow:
    row = AskedRow(key, held=dict(text.split("=", 1) for text in cells(table, key, request.form)))
    try:
        read_row(table, cells(table, key, request.form), language=i18n.language())
    except Wrong as wrong:
        row.errors, row.cell = [said(wrong)], wrong.cell
    return row
