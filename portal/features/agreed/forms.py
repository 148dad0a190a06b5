"""What people type who would like something else than was agreed."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from portal.kinds.agreed.asking import Wish
from portal.models.items import Item
from portal.web.forms import Form


class WishForm(Form):
    """What should be different, and why."""

    title = StringField(_l("What would you like?"), [DataRequired(_l("Say in a few words what should be different.")), Length(max=120)])
    why = TextAreaField(_l("Tell us more"), [Length(max=2000)])

    def wish(self, about: Item | None = None) -> Wish:
        """The wish as typed."""
        return Wish(self.title.data or "", self.why.data or "", about.id if about else None)


class CloseForm(Form):
    """Why a change request is closed."""

    words = TextAreaField(_l("What do you tell the client?"), [Length(max=2000)])
