"""What staff type about projects and their milestones."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.kinds import reading
from portal.kinds.plans import planning
from portal.web.forms import DayField, Form


class ProjectForm(Form):
    """A project."""

    name = StringField(_l("Project"), [InputRequired(_l("Give the project a name, like “New website”.")), Length(max=120)])
    lead = SelectField(_l("Who leads it"))
    starts_on = DayField(_l("Starts on"), [Optional()])

    def offer(self) -> None:
        """Fill the list of people."""
        self.lead.choices = [SelectChoice(str(one.id), one.name) for one in reading.leads()]


class MilestoneForm(Form):
    """A milestone."""

    name = StringField(_l("Milestone"), [InputRequired(_l("Give the milestone a name.")), Length(max=120)])
    starts_on = DayField(_l("Starts on"), [Optional()])
    ends_on = DayField(_l("Ends on"), [Optional()])

    def stage(self) -> planning.Stage:
        """The milestone as typed."""
        return planning.Stage(self.name.data or "", self.starts_on.data, self.ends_on.data)


class MoveMilestoneForm(MilestoneForm):
    """A milestone that is there already, and why its day moves."""

    why = StringField(_l("Why the day moves"), [Length(max=300)])
