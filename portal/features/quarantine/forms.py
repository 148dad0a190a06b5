"""What an admin writes when releasing a locked file."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import Length

from portal.web.forms import Form


class ReleaseForm(Form):
    """Why it is safe."""

    reason = TextAreaField(_l("Why are you sure that it is safe?"), [Length(max=2000)])
