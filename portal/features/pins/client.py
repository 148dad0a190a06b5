"""The client's comments on what is shown to them."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.web import commenting

pages = Blueprint("pins", __name__)


@pages.route("/items/<uuid:item_id>/decision/files/<uuid:upload_id>", methods=["GET", "POST"])
def show(item_id: UUID, upload_id: UUID) -> ResponseReturnValue:
    """Show a picture or a page with its comments, and take a new one."""
    return commenting.comments("client", item_id, upload_id)


@pages.post("/items/<uuid:item_id>/decision/comments/<uuid:pin_id>")
def answer(item_id: UUID, pin_id: UUID) -> ResponseReturnValue:
    """Reply to a comment, mark it as done, or open it again."""
    return commenting.answer("client", item_id, pin_id)
