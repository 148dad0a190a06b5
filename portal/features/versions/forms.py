"""Choosing a new version of a file."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import FileField

from portal.web.forms import Form


class VersionForm(Form):
    """The one file."""

    file = FileField(_l("The new version"))
