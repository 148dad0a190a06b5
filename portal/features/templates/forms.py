"""What staff type about a template as a whole."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FileField, SelectField, StringField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, Length

from portal.features.templates.queries import OnShelf
from portal.models.template.file.marked import LARGEST, UNWRITABLE
from portal.web.forms import Form


class NameForm(Form):
    """What the firm calls a template."""

    name = StringField(_l("Name"), [DataRequired(_l("Write a name.")), Length(max=120)])


class FileForm(Form):
    """A template as text or as a file, and where it should go."""

    text = TextAreaField(_l("Text of the file"))
    file = FileField(_l("YAML file"))
    into = SelectField(_l("Keep it as"), validate_choice=True)
    keep = SubmitField()

    @classmethod
    def over(cls, rows: Sequence[OnShelf]) -> FileForm:
        """Over the templates whose draft it may replace."""
        form = cls()
        mine = [(str(row.thing.id), _("The new draft of “%(name)s”", name=row.thing.name)) for row in rows]
        form.into.choices = [("", _("A new template")), *mine]
        return form

    def brought(self) -> str:
        """What came in: a file before what was typed. It stands in the text afterwards, so that it can be mended there."""
        text = str(self.text.data or "").replace("\r\n", "\n")
        if self.file.data:
            text = self.file.data.stream.read(4 * LARGEST + 1).decode("utf-8", errors="replace")
        self.text.data = UNWRITABLE.sub("\ufffd", text) if not (self.file.data and UNWRITABLE.search(text)) else ""
        return text
