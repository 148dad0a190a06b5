"""What staff choose and write when they give files, and when they take them back."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import MultipleFileField, SelectMultipleField, TextAreaField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from portal.kernel.db import read_id
from portal.kernel.refusal import N_, Refused
from portal.models.people import Person
from portal.web.forms import Form


class GiveForm(Form):
    """Files, a word about them, and whom they are for."""

    files = MultipleFileField(_l("Files"))
    note = TextAreaField(_l("A word about them"), [Length(max=2000)])
    people = SelectMultipleField(
        _l("Who sees them"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=False
    )

    def offer(self, contacts: Iterable[Person]) -> None:
        """Fill the list of people."""
        self.people.choices = [(str(person.id), person.name) for person in contacts]

    def readers(self, *, only: bool) -> set[UUID]:
        """The people who were ticked, when it is for some only; for everybody nobody is named."""
        if not only:
            return set()
        chosen = {found for text in self.people.data or [] if (found := read_id(text))}
        if not chosen:
            raise Refused(N_("Choose who sees them, or send them to everybody."), field="people", status=422)
        return chosen


class WithdrawForm(Form):
    """Taking back what was given."""

    words = TextAreaField(_l("A word about why"), [Length(max=1000)])
