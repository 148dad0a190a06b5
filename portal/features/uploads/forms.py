"""What people may choose and write on a files item."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import MultipleFileField, TextAreaField
from wtforms.validators import Length

from portal.web.forms import Form


class FilesForm(Form):
    """Files and a word about them."""

    files = MultipleFileField(_l("Add files"))
    note = TextAreaField(_l("Anything we should know?"), [Length(max=4000)])
