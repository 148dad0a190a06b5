"""What staff type about file names."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Length

from portal.kernel.clock import now
from portal.kernel.refusal import Refused
from portal.kinds.files import naming
from portal.models.clients import Client
from portal.models.projects import Project
from portal.web.forms import Form


class NamingForm(Form):
    """What files are called when we fetch them."""

    naming = StringField(_l("Pattern"), [Length(max=120)])

    @property
    def today(self) -> str:
        """The day in the example."""
        return now().date().isoformat()

    def example(self, client: Client, project: Project) -> str:
        """What a photo would be called with the pattern as it is typed; empty when it cannot name anything."""
        facts = naming.Facts(
            client=client.name, project=project.name, item=_("Photos"), n=3, date=now().date(), version=1, original="IMG_2041.jpg"
        )
        try:
            return naming.name_of(naming.checked(self.naming.data or ""), facts)
        except Refused:
            return ""
