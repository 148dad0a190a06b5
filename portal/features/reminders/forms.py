"""What staff choose about reminders."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from portal.kinds.reminders.schedules import schedules
from portal.kinds.reminders.steps import STANDARD
from portal.web.forms import Form


class ChooseForm(Form):
    """Which schedule a project or an item follows."""

    schedule = SelectField(_l("Schedule"))

    def offer(self, above: str, kept: str) -> None:
        """The firm's schedules, and first to follow whatever is above; a name from elsewhere that is none of ours stays to be seen."""
        names = list(schedules())
        own = [SelectChoice(name, named(name)) for name in names]
        gone = [SelectChoice(kept, kept)] if kept and kept not in names else []
        self.schedule.choices = [SelectChoice("", above), *own, *gone]


def named(name: str) -> str:
    """What a schedule is called."""
    return str(_("Standard")) if name == STANDARD else name
