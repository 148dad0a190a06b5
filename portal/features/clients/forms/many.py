"""What staff hand in to begin with many clients: a sheet, and what holds where it says nothing."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FileField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice

from portal.features.clients.checking import Usual
from portal.features.clients.forms.starting import FromTemplate
from portal.features.clients.sheet import MOST_BYTES, decoded
from portal.kernel.refusal import N_, Refused
from portal.kinds import reading
from portal.models.people import the_firm
from portal.web.i18n import LANGUAGES


class ManyForm(FromTemplate):
    """A sheet of clients."""

    file = FileField(_l("A CSV file"))
    text = TextAreaField(_l("Or paste the rows here"))
    lead = SelectField(_l("Who looks after them"))

    def offer(self) -> None:
        """Fill the lists people choose from."""
        self.offer_templates()
        self._leads = reading.leads()
        self.lead.choices = [SelectChoice(str(one.id), one.name) for one in self._leads]
        self.template.label.text = _("Template, where a row names none")
        self.starts_on.label.text = _("Start, where a row names none")

    def sheet(self) -> str:
        """The text that was handed in, by file or pasted; refuses what is too large to be a list of clients."""
        file = request.files.get("file")
        data = file.read(MOST_BYTES + 1) if file and file.filename else (self.text.data or "").encode()
        if len(data) > MOST_BYTES:
            raise Refused(
                N_("This is more than a list of clients: at most %(most)s kB."), field="file", status=413, most=MOST_BYTES // 1000
            )
        return decoded(data)

    def usual(self) -> Usual:
        """What holds for rows that say nothing else."""
        firm = the_firm()
        lead = next(one for one in self._leads if str(one.id) == self.lead.data)
        return Usual(self.template.data or "", self.begins, firm.zone, lead, firm.language, LANGUAGES, self._rows)
