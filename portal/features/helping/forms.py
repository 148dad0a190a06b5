"""What somebody types to ask a colleague."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, RadioField, StringField, TextAreaField
from wtforms.validators import Email, InputRequired, Length

from portal.features.helping.actions import Colleague
from portal.web.forms import Form

ADDRESS = _l("Write an email address, like name@example.com.")


class AskForm(Form):
    """Which part, and who."""

    piece = RadioField(_l("What should they answer?"), [InputRequired(_l("Choose what they should answer."))], validate_choice=False)
    name = StringField(_l("Their name"), [InputRequired(_l("Write the person's name.")), Length(max=120)])
    email = EmailField(_l("Their email address"), [InputRequired(ADDRESS), Email(ADDRESS), Length(max=254)])
    note = TextAreaField(_l("A sentence from you"), [Length(max=500)])

    def offer(self, pieces: Sequence[tuple[str, str]]) -> None:
        """Fill the list of parts."""
        self.piece.choices = list(pieces)

    def colleague(self) -> Colleague:
        """Who to ask, as typed."""
        return Colleague(self.name.data or "", (self.email.data or "").strip(), self.note.data or "")
