"""Looking at a secret a client handed over: asked for each time, recorded each time, and never kept by the browser."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.kernel.db import db
from portal.kernel.refusal import NotFound, Refused
from portal.kinds.questionnaires import secrets as secrets_of
from portal.kinds.questionnaires.kind import definition_of
from portal.models.definition.shape import Question, Type
from portal.models.items import Item
from portal.models.questionnaires import Answer
from portal.web.doors import find, viewer
from portal.web.forms import Form

pages = Blueprint("secrets", __name__)


@pages.route("/items/<uuid:item_id>/secrets/<key>", methods=["GET", "POST"])
def ask(item_id: UUID, key: str) -> ResponseReturnValue:
    """Say what looking means; when asked for, show it."""
    item, form, text = find(Item, item_id), Form(), ""
    question = _secret(item, key)
    if request.method == "POST":
        try:
            text = secrets_of.show(item, key, by=viewer())
        except Refused as refused:
            form.refuse(refused)
    answer = db.session.get(Answer, (item.id, key, ""))
    return render_template("staff/questionnaires/secret.html", item=item, question=question, answer=answer, text=text, form=form)


def _secret(item: Item, key: str) -> Question:
    question = definition_of(item).question(key)
    if question is None or question.type is not Type.SECRET:
        raise NotFound
    return question
