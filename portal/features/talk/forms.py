"""What people type into messages, and into notes that stay with the firm."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import MultipleFileField, TextAreaField
from wtforms.validators import DataRequired, Length

from portal.kinds.talk.saying import SAY_SOMETHING
from portal.web.forms import Form

LONGEST = 8000


class MessageForm(Form):
    """A message to the other side, with files."""

    words = TextAreaField(_l("Your message"), [DataRequired(_l(SAY_SOMETHING)), Length(max=LONGEST)])
    files = MultipleFileField(_l("Files"))


class NoteForm(Form):
    """A note for the firm alone, with files."""

    note = TextAreaField(_l("Note"), [DataRequired(_l(SAY_SOMETHING)), Length(max=LONGEST)])
    note_files = MultipleFileField(_l("Files"))
