"""What people type into updates and bad news."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from portal.models.news import SECTIONS
from portal.web.forms import Form

LONGEST = 4000


class ReplyForm(Form):
    """A question or thanks under an update."""

    words = TextAreaField(_l("A question, or thanks?"), [DataRequired(_l("Write a sentence first.")), Length(max=2000)])


def typed(project_id: UUID) -> dict[str, str] | None:
    """The parts of an update as they came in for a project; None when its card was not on the page."""
    if f"done-{project_id}" not in request.form:
        return None
    return {name: tidy(request.form.get(f"{name}-{project_id}", "")) for name in SECTIONS}


def tidy(text: str) -> str:
    """A text with its lines as we keep them."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()[:LONGEST]
