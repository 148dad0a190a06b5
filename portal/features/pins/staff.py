"""The firm's side of comments: the client's, and our own, which no client ever sees."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.web import commenting

pages = Blueprint("pins", __name__)


@pages.route("/items/<uuid:item_id>/versions/files/<uuid:upload_id>/comments", methods=["GET", "POST"])
def show(item_id: UUID, upload_id: UUID) -> ResponseReturnValue:
    """Show a picture or a page with its comments, and take a new one."""
    return commenting.comments("staff", item_id, upload_id)


@pages.post("/items/<uuid:item_id>/comments/<uuid:pin_id>")
def answer(item_id: UUID, pin_id: UUID) -> ResponseReturnValue:
    """Reply to a comment, say what became of it, or open it again."""
    return commenting.answer("staff", item_id, pin_id)
