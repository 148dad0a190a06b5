"""What people may choose and write on a files item, and what fits there."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import MultipleFileField, TextAreaField
from wtforms.validators import Length

from portal.kinds.files import FileSpec
from portal.web.forms import Form
from portal.web.i18n import size
from portal.web.receiving import families


class FilesForm(Form):
    """Files and a word about them."""

    files = MultipleFileField(_l("Your files"))
    note = TextAreaField(_l("Anything we should know?"), [Length(max=4000)])


def limits(spec: FileSpec) -> str:
    """What fits here, said before anybody chooses."""
    kinds = families(spec.types) if spec.types else _("Any kind of file")
    largest = size(spec.max_bytes)
    if spec.max_count == 1:
        return str(_("%(kinds)s, up to %(size)s.", kinds=kinds, size=largest))
    return str(_("%(kinds)s, up to %(size)s each, at most %(count)s files.", kinds=kinds, size=largest, count=spec.max_count))
